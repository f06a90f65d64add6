import { contextOf, Reference } from './reference.js';
import type { ScopeManager } from './scope-manager.js';
import { Span } from './span.js';
import { SpanContext } from './span-context.js';
import { referencesOf } from './span-options.js';
import { type SpanOptions, Tracer } from './tracer.js';

/** What a tracer written for `opentracing@0.14` has, as far as it is used here. */
interface ForeignTracer {
  startSpan(name: string, options: object): ForeignSpan;
  inject(context: unknown, format: string, carrier: unknown): void;
  extract(format: string, carrier: unknown): ForeignSpanContext | null;
  flush?(done?: () => void): unknown;
  close?(done?: () => void): unknown;
}

type ForeignSpan = Pick<Span, 'setOperationName' | 'setTag' | 'log' | 'setBaggageItem'> &
  Pick<Span, 'getBaggageItem' | 'finish'> & { context(): ForeignSpanContext };

type ForeignSpanContext = Partial<Pick<SpanContext, 'toTraceId' | 'toSpanId' | 'baggage'>>;

/**
 * Gives the scope methods to any tracer that was written for `opentracing@0.14`: its spans can be
 * active, and an active span is the parent of the next one.
 *
 * @param tracer - an object with `startSpan`, `inject` and `extract` as in `opentracing@0.14`
 * @param scopeManager - keeps the active span
 * @returns a tracer whose spans wrap those of `tracer`
 * @throws TypeError when `tracer` has no `startSpan`
 */
export function withScopes(tracer: object, scopeManager: ScopeManager): Tracer {
  if (typeof (tracer as Partial<ForeignTracer> | null)?.startSpan !== 'function') {
    throw new TypeError(
      `withScopes takes a tracer, not ${tracer === null ? 'null' : typeof tracer}; ` +
        'pass an object with startSpan, inject and extract.',
    );
  }
  return new ScopedTracer(tracer as ForeignTracer, scopeManager);
}

class ScopedTracer extends Tracer {
  _foreign: ForeignTracer;

  constructor(foreign: ForeignTracer, scopeManager: ScopeManager) {
    super(scopeManager);
    this._foreign = foreign;
  }

  override startSpan(operationName: string, options?: SpanOptions | null): Span {
    const { tags, startTime } = options ?? {};
    const references = referencesOf(this, options).map(
      (reference) => new Reference(reference.type(), unwrap(reference.referencedContext())),
    );
    return new ScopedSpan(
      this,
      this._foreign.startSpan(operationName, {
        ...(references.length > 0 && { references }),
        ...(tags && { tags: { ...tags } }),
        ...(startTime !== undefined && { startTime }),
      }),
    );
  }

  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    this._foreign.inject(unwrap(contextOf(context)), format, carrier);
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    const context = this._foreign.extract(format, carrier);
    return context ? new ScopedSpanContext(context) : null;
  }

  override flush(): Promise<void> {
    return settled(this._foreign, this._foreign.flush);
  }

  override close(): Promise<void> {
    return settled(this._foreign, this._foreign.close);
  }
}

class ScopedSpan extends Span {
  _foreign: ForeignSpan;
  _finished = false;

  constructor(tracer: Tracer, foreign: ForeignSpan) {
    super(tracer, new ScopedSpanContext(foreign.context()));
    this._foreign = foreign;
  }

  override setOperationName(name: string): this {
    this._foreign.setOperationName(name);
    return this;
  }

  override setTag(key: string, value: unknown): this {
    this._foreign.setTag(key, value);
    return this;
  }

  override log(fields: Record<string, unknown>, timestamp?: number): this {
    this._foreign.log(fields, timestamp);
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    this._foreign.setBaggageItem(key, value);
    // Such tracers answer with a new context where contexts are immutable.
    this._context = new ScopedSpanContext(this._foreign.context());
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return this._foreign.getBaggageItem(key) ?? undefined;
  }

  override finish(finishTime?: number): void {
    if (!this._finished) {
      this._finished = true;
      this._foreign.finish(finishTime);
    }
  }
}

class ScopedSpanContext extends SpanContext {
  _foreign: ForeignSpanContext;

  constructor(foreign: ForeignSpanContext) {
    super();
    this._foreign = foreign;
  }

  override toTraceId(): string {
    return this._foreign.toTraceId?.() ?? '';
  }

  override toSpanId(): string {
    return this._foreign.toSpanId?.() ?? '';
  }

  override get baggage(): Readonly<Record<string, string>> {
    return this._foreign.baggage ?? super.baggage;
  }
}

function unwrap(context: SpanContext | null | undefined): SpanContext | null | undefined {
  return context instanceof ScopedSpanContext ? (context._foreign as SpanContext) : context;
}

/** Calls a method that may take a callback, return a promise, or do neither. */
async function settled(
  tracer: ForeignTracer,
  method: ((done?: () => void) => unknown) | undefined,
): Promise<void> {
  try {
    if (method !== undefined && method.length > 0) {
      await new Promise<void>((resolve) => method.call(tracer, resolve));
    } else {
      await method?.call(tracer);
    }
  } catch {
    // Tracing never breaks the program: a tracer that fails to close has reported it in its own way.
  }
}
