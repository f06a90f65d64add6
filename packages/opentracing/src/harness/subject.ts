import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import type { Tracer } from '../tracer.js';
import { assert, assertSame, type Need } from './check.js';

/** What a tracer has recorded of a span, as the checks read it. */
export interface RecordedSpan {
  /** The operation name. */
  readonly operationName: string;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** Milliseconds, never below 0. */
  readonly duration: number;
  /** The tags by their keys. */
  readonly tags: Readonly<Record<string, unknown>>;
  /** The logs, the earliest call first; times in milliseconds since the Unix epoch. */
  readonly logs: readonly {
    /** What was logged, by its keys. */
    readonly fields: Readonly<Record<string, unknown>>;
    /** Milliseconds since the Unix epoch. */
    readonly timestamp: number;
  }[];
  /** The span id of the parent; `null` for a root. */
  readonly parentId: string | null;
}

/** @internal A rule of tracers. */
export interface ApiCheck {
  name: string;
  needs?: readonly Need[];
  run(subject: Subject): void | Promise<void>;
}

/** @internal The tracer under test, made anew for each check. */
export class Subject {
  create: () => Tracer;
  recordedSpan: ((span: Span) => RecordedSpan) | undefined;
  tracers: Tracer[] = [];

  constructor(create: () => Tracer, recordedSpan: ((span: Span) => RecordedSpan) | undefined) {
    this.create = create;
    this.recordedSpan = recordedSpan;
  }

  tracer(): Tracer {
    const tracer = this.create();
    this.tracers.push(tracer);
    return tracer;
  }

  /** For checks that need `recorded`. */
  recorded(span: Span): RecordedSpan {
    assert(this.recordedSpan !== undefined, 'This check needs the option recordedSpan.');
    return this.recordedSpan(span);
  }

  /** `parent` is the parent of `child`, as far as that can be told. */
  assertParent(parent: Span | SpanContext, child: Span): void {
    const context = 'finish' in parent ? parent.context() : parent;
    assertSame(child.context().toTraceId(), context.toTraceId(), 'the trace id of the child');
    assert(
      child.context().toSpanId() !== context.toSpanId(),
      'A child should have a span id of its own, but has that of its parent.',
    );
    if (this.recordedSpan !== undefined) {
      assertSame(this.recordedSpan(child).parentId, context.toSpanId(), 'the id of the parent');
    }
  }

  /** `span` is the root of a trace of its own. */
  assertRoot(span: Span, ...others: Span[]): void {
    assert(span.context().toTraceId() !== '', 'A root should have a trace id.');
    for (const other of others) {
      assert(
        span.context().toTraceId() !== other.context().toTraceId(),
        'A root should begin a trace of its own, but is in that of another span.',
      );
    }
    if (this.recordedSpan !== undefined) {
      assertSame(this.recordedSpan(span).parentId, null, 'the id of the parent of a root');
    }
  }

  async close(): Promise<void> {
    for (const tracer of this.tracers) {
      await tracer.close();
    }
  }
}

/** @internal How often `finish` of a span is called from now on. */
export function countFinishes(span: Span): { count: number } {
  const finishes = { count: 0 };
  const finish = span.finish;
  span.finish = function counted(this: Span, finishTime?: number) {
    finishes.count++;
    finish.call(this, finishTime);
  };
  return finishes;
}
