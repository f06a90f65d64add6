import type { Span as OtelSpan } from '@opentelemetry/api';
import { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import type { Tracer } from '../tracer.js';
import { BridgeSpan, isValid } from './bridge-span.js';
import { openTracingContextOf } from './span-contexts.js';

/**
 * The counterparts of spans that OpenTracing's code has made active and OpenTelemetry's has asked for, so
 * that two who ask get the same one. Not of all spans: what is in a `WeakMap` lives longer, and costs
 * more, than all else of a short span.
 */
const bridges = new WeakMap<Span, BridgeSpan>();

/** A span that is none of ours, as the parent of ours: it records nothing here. */
class LentSpan extends Span {
  /** @internal */
  readonly _otelSpan: OtelSpan;

  constructor(tracer: Tracer, span: OtelSpan) {
    super(tracer, openTracingContextOf(span.spanContext()));
    this._otelSpan = span;
  }

  override getBaggageItem(key: string): string | undefined {
    const { baggage } = this.context();
    return Object.hasOwn(baggage, key) ? baggage[key] : undefined;
  }
}

/**
 * A span of OpenTracing for OpenTelemetry.
 *
 * @returns `undefined` for one without ids, which is the parent of nothing
 * @internal
 */
export function otelSpanOf(span: Span, report: (error: unknown) => void): OtelSpan | undefined {
  if (span instanceof LentSpan) {
    return span._otelSpan;
  }
  let known = bridges.get(span);
  if (known === undefined) {
    known = new BridgeSpan(span, false, report);
    bridges.set(span, known);
  }
  return isValid(known) ? known : undefined;
}

/**
 * A span of OpenTelemetry as one that a scope manager can make active.
 *
 * @returns `null` for one without ids, which is the parent of nothing
 * @internal
 */
export function openTracingSpanOf(span: OtelSpan, tracer: Tracer): Span | null {
  const own = (span as Partial<BridgeSpan>)._openTracingSpan;
  return own ?? (isValid(span) ? new LentSpan(tracer, span) : null);
}

/** @internal The context of a span of OpenTelemetry; `null` for one without ids. */
export function parentContextOf(span: OtelSpan | undefined): SpanContext | null {
  if (span === undefined) {
    return null;
  }
  const own = (span as Partial<BridgeSpan>)._openTracingSpan;
  return own?.context() ?? (isValid(span) ? openTracingContextOf(span.spanContext()) : null);
}
