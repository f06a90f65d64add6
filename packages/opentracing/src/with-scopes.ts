import { forEachHeader, useTextCarrier, writeItem } from './carriers.js';
import { checkMethod } from './check-method.js';
import { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from './propagation.js';
import { contextOf, REFERENCE_CHILD_OF, Reference } from './reference.js';
import type { ScopeManager } from './scope-manager.js';
import { Span } from './span.js';
import type { SpanContext } from './span-context.js';
import { readEntries, readOptions, referencesOf } from './span-options.js';
import { type SpanOptions, Tracer } from './tracer.js';

/** What a tracer written for `opentracing@0.14` has, as far as it is used here. */
interface ForeignTracer {
  startSpan(name: string, options: object): ForeignSpan;
  inject(context: unknown, format: string, carrier: unknown): void;
  extract(format: string, carrier: unknown): ForeignSpanContext | ForeignSpan | null;
  flush?(done?: () => void): unknown;
  close?(done?: () => void): unknown;
}

// Those of zipkin-javascript-opentracing cannot be renamed and have no baggage.
type ForeignSpan = Pick<Span, 'setTag' | 'log' | 'finish'> &
  Partial<Pick<Span, 'setOperationName' | 'setBaggageItem' | 'getBaggageItem'>> & {
    context(): ForeignSpanContext;
    id?: unknown;
  };

type ForeignSpanContext = Partial<Pick<SpanContext, 'toTraceId' | 'toSpanId' | 'baggage'>> & {
  /** Of zipkin-javascript-opentracing: all that its tracer reads of a parent. */
  id?: unknown;
  /** Of jaeger-client: `false` for what it extracts from a carrier without ids. */
  isValid?: boolean;
  /** Of jaeger-client: whether the context has no ids, but an id to find the new trace by. */
  isDebugIDContainerOnly?(): boolean;
};

/**
 * Gives the scope methods to any tracer that was written for `opentracing@0.14`: its spans can be
 * active, and an active span is the parent of the next one.
 *
 * Text carriers may be of any type; which formats there are, and what becomes of baggage keys and of
 * malformed carriers, is up to `tracer`.
 *
 * @param tracer - an object with `startSpan`, `inject` and `extract` as in `opentracing@0.14`
 * @param scopeManager - keeps the active span
 * @returns a tracer whose spans stand for those of `tracer` and are instances of their class, so that
 *   `tracer` takes them, and their contexts, for its own
 * @throws TypeError when `tracer` has no `startSpan`, or `scopeManager` no `activate`, as a class has none
 * @example
 * ```ts
 * import opentracing from 'opentracing';
 *
 * const old = new opentracing.MockTracer(); // or one of jaeger-client, say
 * const tracer = withScopes(old, new AsyncLocalStorageScopeManager());
 * await tracer.withActiveSpan('lunch', async () => {
 *   await null;
 *   tracer.startSpan('soup').finish();
 * });
 * console.log(old.report().spans.map((span) => span.operationName()), tracer.activeSpan);
 * ```
 * ```text
 * [ 'lunch', 'soup' ] null
 * ```
 */
export function withScopes(tracer: object, scopeManager: ScopeManager): Tracer {
  checkMethod('The tracer is', tracer, 'startSpan', 'pass one with startSpan, inject and extract');
  checkMethod(
    'The scope manager is',
    scopeManager,
    'activate',
    'pass one such as new AsyncLocalStorageScopeManager()',
  );
  return new ScopedTracer(tracer as ForeignTracer, scopeManager);
}

class ScopedTracer extends Tracer {
  _foreign: ForeignTracer;

  constructor(foreign: ForeignTracer, scopeManager: ScopeManager) {
    super(scopeManager);
    this._foreign = foreign;
  }

  override startSpan(operationName: string, options?: SpanOptions | null): Span {
    const { tags, startTime, ...relations } = readOptions(options);
    const references = referencesOf(this, relations, unwrap)
      .map((reference) => new Reference(reference.type(), unwrap(reference.referencedContext())))
      .filter((reference) => reference.referencedContext());
    // As most callers have it: there are tracers that read nothing else.
    const parent = references.find((reference) => reference.type() === REFERENCE_CHILD_OF);
    const others = references.filter((reference) => reference !== parent);
    return scopedSpan(
      this,
      this._foreign.startSpan(operationName, {
        ...(parent && { childOf: parent.referencedContext() }),
        ...(others.length > 0 && { references: others }),
        ...(tags && { tags: readEntries(tags) }),
        ...(startTime !== undefined && { startTime }),
      }),
    );
  }

  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    const foreign = unwrap(contextOf(context));
    if (!isTextFormat(format)) {
      this._foreign.inject(foreign, format, carrier);
      return;
    }
    // Such tracers write properties, which a Map, a Headers or an array would not show.
    const written: Record<string, string> = {};
    if (foreign) {
      this._foreign.inject(foreign, format, written);
    }
    useTextCarrier(format, carrier, (headers) => {
      for (const name of Object.keys(written)) {
        writeItem(headers, name, String(written[name]));
      }
    });
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    const context = this._foreign.extract(
      format,
      isTextFormat(format) ? headersOf(format, carrier) : carrier,
    );
    if (!context || isOfNothing(context)) {
      return null;
    }
    return scopedContext(isSpan(context) ? foreignContextOf(context) : context);
  }

  override flush(): Promise<void> {
    return settled(this._foreign, this._foreign.flush);
  }

  override close(): Promise<void> {
    return settled(this._foreign, this._foreign.close);
  }
}

class ScopedSpan extends Span {
  declare _foreign: ForeignSpan;
  declare _isFinished: boolean;
  declare _scopedTracer: Tracer;
  declare _scopedContext: SpanContext;

  override tracer(): Tracer {
    return this._scopedTracer;
  }

  override context(): SpanContext {
    return this._scopedContext;
  }

  override setOperationName(name: string): this {
    if (!this._isFinished) {
      this._foreign.setOperationName?.(name);
    }
    return this;
  }

  override setTag(key: string, value: unknown): this {
    if (!this._isFinished) {
      this._foreign.setTag(key, value);
    }
    return this;
  }

  override log(fields: Record<string, unknown>, timestamp?: number): this {
    if (!this._isFinished) {
      this._foreign.log(fields, timestamp);
    }
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    if (!this._isFinished) {
      this._foreign.setBaggageItem?.(key, value);
      // Such tracers answer with a new context where contexts are immutable.
      this._scopedContext = scopedContext(foreignContextOf(this._foreign));
    }
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return this._foreign.getBaggageItem?.(key) ?? undefined;
  }

  override finish(finishTime?: number): void {
    if (!this._isFinished) {
      this._isFinished = true;
      this._foreign.finish(finishTime);
    }
  }
}

/** The methods of spans with scopes over those of each class of spans. */
const prototypes = new WeakMap<object, object>();

/**
 * A span over one of the other tracer, and an instance of its class: a program that holds that tracer
 * may give it the span as a parent, or to inject.
 */
function scopedSpan(tracer: Tracer, foreign: ForeignSpan): Span {
  const base = Object.getPrototypeOf(foreign) ?? Object.prototype;
  let prototype = prototypes.get(base);
  if (prototype === undefined) {
    const { constructor: _, ...methods } = {
      ...Object.getOwnPropertyDescriptors(Span.prototype),
      ...Object.getOwnPropertyDescriptors(ScopedSpan.prototype),
    };
    prototype = Object.create(base, methods) as object;
    prototypes.set(base, prototype);
  }
  const span: ScopedSpan = Object.create(prototype);
  span._foreign = foreign;
  span._isFinished = false;
  span._scopedTracer = tracer;
  span._scopedContext = scopedContext(foreignContextOf(foreign));
  if (foreign.id !== undefined) {
    // Of zipkin-javascript-opentracing, whose tracer takes a span by that.
    Object.defineProperty(span, 'id', { value: foreign.id });
  }
  return span;
}

/** What a context gains, or has in another form; `_foreign` is its own in each. */
const OF_SCOPED_CONTEXTS: PropertyDescriptorMap & ThisType<{ _foreign: ForeignSpanContext }> = {
  _foreignContext: {
    value() {
      return this._foreign;
    },
  },
  toTraceId: {
    value() {
      return this._foreign.toTraceId?.() ?? '';
    },
  },
  toSpanId: {
    value() {
      return this._foreign.toSpanId?.() ?? '';
    },
  },
  baggage: {
    get() {
      return Object.freeze(Object.assign(Object.create(null), this._foreign.baggage));
    },
  },
};

/**
 * A context as this package has it that inherits all of the one that it stands for: a program that
 * holds the other tracer may give it to that one too, as a parent or to inject.
 */
function scopedContext(foreign: ForeignSpanContext): SpanContext {
  const context = Object.create(Object(foreign), OF_SCOPED_CONTEXTS);
  return Object.defineProperty(context, '_foreign', { value: foreign });
}

/** The context as the other tracer knows it; `null` for one of this package, which it cannot read. */
function unwrap(context: SpanContext | null | undefined): SpanContext | null {
  try {
    const { _foreignContext } = (context ?? {}) as Partial<SpanContext>;
    return typeof _foreignContext === 'function'
      ? (_foreignContext.call(context) as SpanContext | null)
      : (context ?? null);
  } catch {
    return null;
  }
}

/** What the tracer of a span takes as a parent, without the data of the span. */
function foreignContextOf(span: ForeignSpan): ForeignSpanContext {
  const context = span.context();
  // Of zipkin-javascript-opentracing, whose tracer takes spans where others take contexts.
  return span.id !== undefined && context.id === undefined
    ? Object.assign(Object.create(context), { id: span.id })
    : context;
}

function isSpan(x: ForeignSpanContext | ForeignSpan): x is ForeignSpan {
  return typeof (x as Partial<ForeignSpan>).context === 'function';
}

/** Whether a context is what jaeger-client extracts from a carrier in which there was none. */
function isOfNothing(context: ForeignSpanContext): boolean {
  return (
    context.isValid === false &&
    context.isDebugIDContainerOnly?.() !== true &&
    Object.keys(context.baggage ?? {}).length === 0
  );
}

function isTextFormat(format: string): boolean {
  return format === FORMAT_TEXT_MAP || format === FORMAT_HTTP_HEADERS;
}

/** A carrier of any type as the plain object that such tracers read, names as they stand in it. */
function headersOf(format: string, carrier: unknown): Record<string, string> {
  const headers: [string, string][] = [];
  useTextCarrier(format, carrier, (given) => {
    forEachHeader(given, (name, value) => {
      headers.push([name, value]);
    });
  });
  return Object.fromEntries(headers);
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
