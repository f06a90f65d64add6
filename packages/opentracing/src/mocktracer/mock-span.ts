import { monotonicNow, timeOf } from '../clock.js';
import { itemOf } from '../propagation/baggage-items.js';
import type { Reference } from '../reference.js';
import { Span } from '../span.js';
import { readEntries } from '../span-options.js';
import type { MockSpanContext } from './mock-span-context.js';
import type { MockTracer } from './mock-tracer.js';

/** Something that happened at one moment of a {@link MockSpan}. */
export interface MockSpanLog {
  /** What was logged: a copy of the fields. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** Milliseconds since the Unix epoch, with a fraction. */
  readonly timestamp: number;
}

/**
 * A span whose every detail can be read. It stops changing when it finishes.
 */
export class MockSpan extends Span {
  /** The name given at the start or by `setOperationName`. */
  operationName: string;
  /** Milliseconds since the Unix epoch, with a fraction. */
  readonly startTime: number;
  /** Milliseconds since the Unix epoch, with a fraction; `null` until the span has finished. */
  finishTime: number | null = null;
  /** The tags, the last value for each key. */
  readonly tags: Record<string, unknown> = {};
  /** The logs in the order in which they were made. */
  readonly logs: MockSpanLog[] = [];
  /** The span id of the parent; `null` for the root of a trace. */
  readonly parentId: string | null;
  /** All relations that the span was started with. */
  readonly references: readonly Reference[];

  /** @internal */
  declare _tracer: MockTracer;
  /** @internal */
  declare _context: MockSpanContext;
  /** @internal */
  _epochOffset: number;

  /** @internal */
  constructor(
    tracer: MockTracer,
    context: MockSpanContext,
    operationName: string,
    parentId: string | null,
    references: readonly Reference[],
    startTime: number | undefined,
    epochOffset: number,
  ) {
    super(tracer, context);
    this.operationName = operationName;
    this.parentId = parentId;
    this.references = references;
    this._epochOffset = epochOffset;
    this.startTime = timeOf(startTime) ?? this._now();
  }

  override context(): MockSpanContext {
    return this._context;
  }

  override tracer(): MockTracer {
    return this._tracer;
  }

  /** Whether `finish` was called. */
  get finished(): boolean {
    return this.finishTime !== null;
  }

  /** Milliseconds from start to finish, never below 0; 0 until the span has finished. */
  get duration(): number {
    return this.finishTime === null ? 0 : this.finishTime - this.startTime;
  }

  override setOperationName(name: string): this {
    if (!this.finished) {
      this.operationName = name;
    }
    return this;
  }

  override setTag(key: string, value: unknown): this {
    if (!this.finished) {
      define(this.tags, key, value);
    }
    return this;
  }

  override log(fields: Record<string, unknown>, timestamp?: number): this {
    if (!this.finished) {
      const copy = readEntries(fields ?? {});
      this.logs.push({ fields: copy, timestamp: timeOf(timestamp) ?? this._now() });
    }
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    if (!this.finished) {
      this._context = this._context._withItem(key, value);
    }
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return itemOf(this._context._baggage, key);
  }

  override finish(finishTime?: number): void {
    if (!this.finished) {
      this.finishTime = Math.max(timeOf(finishTime) ?? this._now(), this.startTime);
      this._tracer._recordFinished(this);
    }
  }

  /** @internal Milliseconds since the Unix epoch, on the clock of the tracer or of this trace. */
  _now(): number {
    return this._tracer._now?.() ?? this._epochOffset + monotonicNow();
  }
}

/** Sets a key that may be called `__proto__`; what throws when it is made a key is left out. */
function define(target: Record<string, unknown>, key: string, value: unknown): void {
  try {
    Object.defineProperty(target, key, {
      value,
      configurable: true,
      enumerable: true,
      writable: true,
    });
  } catch {
    // Tracing never breaks the program.
  }
}
