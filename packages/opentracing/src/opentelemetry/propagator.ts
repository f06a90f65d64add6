import {
  type Context,
  isSpanContextValid,
  propagation,
  type TextMapGetter,
  type TextMapPropagator,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import { SpanContext } from '../span-context.js';
import { withBaggage } from './context-manager.js';
import { otelContextOf } from './span-contexts.js';
import { parentContextOf } from './span-pairs.js';
import { isSuppressed } from './suppressed.js';
import { type BridgeParts, bridgeParts, type OpenTracingBridgeOptions } from './tracer-provider.js';

/**
 * A propagator for `@opentelemetry/api` that writes and reads what the tracer of OpenTracing does for
 * `FORMAT_HTTP_HEADERS`: B3, W3C Trace Context, Jaeger's, whatever it was set up with. Baggage goes both
 * ways: that of the context and that of its span are sent, and what arrives is in the context.
 *
 * Source: OpenTelemetry specification, "Propagators API".
 *
 * @example
 * ```ts
 * import { defaultTextMapSetter, ROOT_CONTEXT, trace } from '@opentelemetry/api';
 *
 * const tracer = new BasicTracer({ propagation: ['tracecontext'] });
 * const span = new OpenTracingTracerProvider({ tracer }).getTracer('kitchen').startSpan('soup');
 * const headers = {};
 * const propagator = new OpenTracingPropagator({ tracer });
 * propagator.inject(trace.setSpan(ROOT_CONTEXT, span), headers, defaultTextMapSetter);
 * console.log(Object.keys(headers));
 * ```
 * ```text
 * [ 'traceparent' ]
 * ```
 */
export class OpenTracingPropagator implements TextMapPropagator<unknown> {
  /** @internal */
  readonly _parts: BridgeParts;

  /** @throws TypeError for a tracer that is none */
  constructor(options?: OpenTracingBridgeOptions | null) {
    this._parts = bridgeParts('OpenTracingPropagator', options);
  }

  /** Writes the span and the baggage of a context into a carrier; nothing where it is suppressed. */
  inject(context: Context, carrier: unknown, setter: TextMapSetter): void {
    if (isSuppressed(context)) {
      return;
    }
    try {
      const sent = sentContext(context);
      if (sent !== null) {
        const headers: Record<string, string> = {};
        this._parts.tracer().inject(sent, FORMAT_HTTP_HEADERS, headers);
        for (const [name, value] of Object.entries(headers)) {
          setter.set(carrier, name, value);
        }
      }
    } catch (error) {
      this._parts.report(error);
    }
  }

  /**
   * Reads a carrier.
   *
   * @returns the context with what the carrier holds; the context itself where that is nothing, or
   *   cannot be read
   */
  extract(context: Context, carrier: unknown, getter: TextMapGetter): Context {
    try {
      const received = this._parts
        .tracer()
        .extract(FORMAT_HTTP_HEADERS, headersOf(carrier, getter));
      if (received === null) {
        return context;
      }
      const span = otelContextOf(received, true);
      return withBaggage(
        isSpanContextValid(span) ? trace.setSpanContext(context, span) : context,
        received.baggage,
      );
    } catch (error) {
      this._parts.report(error);
      return context;
    }
  }

  /** The names of the headers that the tracer writes for a context without baggage. */
  fields(): string[] {
    const headers: Record<string, string> = {};
    try {
      this._parts.tracer().inject(new SentContext(EXAMPLE, {}), FORMAT_HTTP_HEADERS, headers);
    } catch (error) {
      this._parts.report(error);
    }
    return Object.keys(headers);
  }
}

/** The raw header array of Node, which may have a name more than once. */
function headersOf(carrier: unknown, getter: TextMapGetter): string[] {
  const headers: string[] = [];
  for (const name of getter.keys(carrier)) {
    const values = getter.get(carrier, name) ?? [];
    for (const value of Array.isArray(values) ? values : [values]) {
      headers.push(name, value);
    }
  }
  return headers;
}

/** The context of the span with the baggage of both; `null` where there is neither. */
function sentContext(context: Context): SpanContext | null {
  const parent = parentContextOf(trace.getSpan(context));
  const items = Object.create(null) as Record<string, string>;
  for (const [key, { value }] of propagation.getBaggage(context)?.getAllEntries() ?? []) {
    if (parent?.baggage[key] !== value) {
      items[key] = value;
    }
  }
  if (Object.keys(items).length === 0) {
    return parent;
  }
  return new SentContext(parent, Object.assign(Object.create(null), parent?.baggage, items));
}

/** A context with more baggage than its span has. */
class SentContext extends SpanContext {
  _context: SpanContext | null;
  _items: Readonly<Record<string, string>>;

  constructor(context: SpanContext | null, items: Readonly<Record<string, string>>) {
    super();
    this._context = context;
    this._items = items;
  }

  override toTraceId(): string {
    return this._context?.toTraceId() ?? '';
  }

  override toSpanId(): string {
    return this._context?.toSpanId() ?? '';
  }

  override get baggage(): Readonly<Record<string, string>> {
    return this._items;
  }

  /** A tracer written for `opentracing@0.14` reads no other, and gets no more baggage than that has. */
  override _foreignContext(): object | null {
    return this._context?._foreignContext() ?? null;
  }

  /** Whether the trace is recorded; `undefined` where the tracer does not say. */
  get sampled(): boolean | undefined {
    return (this._context as { sampled?: boolean } | null)?.sampled;
  }

  /** What W3C Trace Context passes on beside the ids. */
  get traceState(): string | undefined {
    const context = this._context as {
      traceState?: string;
      _trace?: { arrived?: { traceState?: string } | null };
    } | null;
    return context?.traceState ?? context?._trace?.arrived?.traceState;
  }
}

/** Ids for what writes headers and sends them to nobody. */
class ExampleContext extends SpanContext {
  override toTraceId(): string {
    return '00000000000000000000000000000001';
  }

  override toSpanId(): string {
    return '0000000000000001';
  }
}

const EXAMPLE: SpanContext = /* @__PURE__ */ new ExampleContext();
