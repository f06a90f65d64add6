// A tracer of one's own and a program that uses it, written against the types of opentracing 0.14.7.
import type * as lightstep from 'lightstep-tracer';
import * as opentracing from 'opentracing';
import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_TEXT_MAP,
  MockTracer,
  REFERENCE_CHILD_OF,
  Reference,
  Span,
  SpanContext,
  type SpanOptions,
  Tags,
  Tracer,
} from 'opentracing';
import type { MockSpan } from 'opentracing/lib/mock_tracer/index.js';
import { Tracer as DeepTracer } from 'opentracing/lib/tracer.js';

interface Fields {
  [key: string]: unknown;
}

interface Carrier {
  id?: string;
  buffer?: ArrayLike<number>;
}

class CountingContext extends SpanContext {
  constructor(
    private readonly id: number,
    readonly items: Map<string, string>,
  ) {
    super();
  }

  toTraceId(): string {
    return 'the trace';
  }

  toSpanId(): string {
    return String(this.id);
  }
}

class CountingSpan extends Span {
  readonly parents: string[] = [];
  readonly tags: Fields = {};
  readonly logged: [Fields, number | undefined][] = [];
  finished?: number;

  constructor(
    private readonly counting: CountingTracer,
    private name: string,
    private readonly counted: CountingContext,
    fields: SpanOptions,
  ) {
    super();
    for (const reference of fields.references || []) {
      this.parents.push(`${reference.type()} ${reference.referencedContext().toSpanId()}`);
    }
    this.addTags(fields.tags || {});
  }

  operationName(): string {
    return this.name;
  }

  protected _context(): CountingContext {
    return this.counted;
  }

  protected _tracer(): CountingTracer {
    return this.counting;
  }

  protected _setOperationName(name: string): void {
    this.name = name;
  }

  protected _setBaggageItem(key: string, value: string): void {
    this.counted.items.set(key, value);
  }

  protected _getBaggageItem(key: string): string | undefined {
    return this.counted.items.get(key);
  }

  protected _addTags(tags: Fields): void {
    Object.assign(this.tags, tags);
  }

  protected _log(fields: Fields, timestamp?: number): void {
    this.logged.push([fields, timestamp]);
  }

  protected _finish(finishTime?: number): void {
    this.finished = finishTime;
  }
}

class CountingTracer extends Tracer {
  readonly spans: CountingSpan[] = [];

  protected _startSpan(name: string, fields: SpanOptions): CountingSpan {
    const items = new Map<string, string>();
    const span = new CountingSpan(
      this,
      name,
      new CountingContext(this.spans.length, items),
      fields,
    );
    this.spans.push(span);
    return span;
  }

  protected _inject(context: SpanContext, format: string, carrier: Carrier): void {
    if (format === FORMAT_BINARY) {
      carrier.buffer = [Number(context.toSpanId())];
    } else {
      carrier.id = context.toSpanId();
    }
  }

  protected _extract(format: string, carrier: Carrier): SpanContext | null {
    const id = format === FORMAT_BINARY ? carrier.buffer?.[0] : carrier.id;
    return id === undefined ? null : new CountingContext(Number(id), new Map());
  }
}

/** What a library that traces its work takes. */
function traced<R>(tracer: Tracer, options: SpanOptions, work: (span: Span) => R): R {
  const span: Span = tracer.startSpan('work', options);
  try {
    return work(span);
  } catch (error) {
    span.setTag(Tags.ERROR, true).log({ event: 'error', message: String(error) });
    throw error;
  } finally {
    span.finish();
  }
}

function ofOwnTracer(): object {
  const own = new CountingTracer();
  opentracing.initGlobalTracer(own);
  const tracer: Tracer = opentracing.globalTracer();
  const options: SpanOptions = { startTime: 1, tags: { [Tags.COMPONENT]: 'program' } };
  const root = tracer.startSpan('root', options).setBaggageItem('key', 'value');
  traced(tracer, { childOf: root }, (span) => span.log({ event: 'worked' }, 2).addTags({ a: 1 }));
  traced(tracer, { references: [opentracing.followsFrom(root.context())] }, (span) => {
    span.logEvent('asked', { b: 2 });
    span.setOperationName('work behind it');
  });
  try {
    traced(tracer, { references: [new Reference(REFERENCE_CHILD_OF, root)] }, () => {
      throw new Error('expected');
    });
  } catch {}
  root.finish(3);
  const text: { id?: string } = {};
  tracer.inject(root, FORMAT_TEXT_MAP, text);
  const binary = new BinaryCarrier([]);
  tracer.inject(root.context(), FORMAT_BINARY, binary);
  const context: SpanContext | null = tracer.extract(FORMAT_BINARY, binary);
  return {
    spans: own.spans.map((span) => ({
      name: span.operationName(),
      parents: span.parents,
      tags: span.tags,
      logs: span.logged,
      finished: span.finished,
    })),
    carriers: [text, Array.from(binary.buffer)],
    extracted: context ? `${context.toTraceId()} ${context.toSpanId()}` : null,
    nothing: tracer.extract(FORMAT_TEXT_MAP, {}),
    baggage: root.getBaggageItem('key'),
    same: [root.tracer() === own, DeepTracer === Tracer, own instanceof DeepTracer],
  };
}

function ofMockTracer(): object {
  const tracer = new MockTracer();
  const child = tracer.startSpan('child', { childOf: tracer.startSpan('parent') });
  child.setTag('a', 1).finish();
  const report = tracer.report();
  const found: MockSpan | null = report.firstSpanWithTagValue('a', 1);
  return {
    names: report.spans.map((span) => span.operationName()),
    found: found?.operationName(),
    finished: found !== null && found.durationMs() >= 0,
  };
}

/** A tracer of a vendor with types of its own goes where a tracer is asked for. */
export function withLightStep(
  options: lightstep.TracerOptions,
  make: typeof lightstep.Tracer,
): void {
  opentracing.initGlobalTracer(new make(options));
}

console.log(JSON.stringify({ own: ofOwnTracer(), mock: ofMockTracer() }));
