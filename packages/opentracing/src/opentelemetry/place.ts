import {
  type Baggage,
  type Context,
  context,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import type { SpanOptions } from '../tracer.js';
import { withoutBaggage } from './live-baggage.js';
import { type OpenTelemetrySpan, otelSpanOf } from './opentelemetry-span.js';
import { type OpenTelemetrySpanContext, readContext } from './opentelemetry-span-context.js';

/** @internal Where a span goes: a context of OpenTelemetry with its parent, and its baggage. */
export interface Place {
  inside: Context;
  baggage: Baggage | null;
}

/** @internal Below a context that was given. Of a span that is here, processors see the span itself. */
export function below(
  here: Context,
  given: SpanOptions['childOf'],
  own: OpenTelemetrySpanContext | null,
  baggage: Baggage | null,
): Place {
  const parent = own?.unwrap();
  const otelSpan = given ? otelSpanOf(given as Span) : undefined;
  let inside = here;
  if (otelSpan !== undefined && otelSpan.spanContext().spanId === parent?.spanId) {
    inside = trace.getSpan(here) === otelSpan ? here : trace.setSpan(here, otelSpan);
  } else {
    inside = parent ? trace.setSpanContext(here, parent) : trace.deleteSpan(here);
  }
  return {
    inside: baggage === null ? withoutBaggage(inside) : propagation.setBaggage(inside, baggage),
    baggage,
  };
}

/**
 * What a propagator gets to see: all that is in the active context where the span is active there.
 *
 * @internal
 */
export function contextToInject(
  given: SpanContext | Span,
  own: OpenTelemetrySpanContext | null,
): Context {
  const active = context.active();
  const otelSpan = otelSpanOf(given as Span);
  const isActive = otelSpan !== undefined && trace.getSpan(active) === otelSpan;
  const around = isActive ? active : ROOT_CONTEXT;
  const otelContext = own?.unwrap();
  const inside =
    isActive || !otelContext || !own?._hasIds()
      ? around
      : trace.setSpanContext(around, otelContext);
  const baggage = own?._otelBaggage ?? null;
  return baggage === null ? inside : propagation.setBaggage(inside, baggage);
}

/** @internal The baggage of a span of any tracer, as OpenTelemetry has it. */
export function baggageOfSpan(span: Span): Baggage | null {
  const own = span as Partial<OpenTelemetrySpan>;
  return own._baggageHere === undefined
    ? (readContext(span.context())?._otelBaggage ?? null)
    : own._baggageHere();
}
