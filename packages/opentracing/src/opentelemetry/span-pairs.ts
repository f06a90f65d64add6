import type { Span as OtelSpan } from '@opentelemetry/api';
import { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { Tags } from '../tags.js';
import type { Tracer } from '../tracer.js';
import { BridgeSpan, isValid } from './bridge-span.js';
import { openTracingContextOf } from './span-contexts.js';

/** A span has one counterpart, so that two who ask for the active span compare equal. */
const bridges = new WeakMap<Span, OtelSpan>();
const lent = new WeakMap<OtelSpan, LentSpan>();

/** A span that is none of ours, as the parent of ours: it records nothing here. */
class LentSpan extends Span {
  override getBaggageItem(key: string): string | undefined {
    const { baggage } = this.context();
    return Object.hasOwn(baggage, key) ? baggage[key] : undefined;
  }
}

/** @internal The counterpart of a span that was started for OpenTelemetry. */
export function bridgeNew(
  span: Span,
  kind: string | undefined,
  report: (error: unknown) => void,
): BridgeSpan {
  const bridge = new BridgeSpan(span, kind === Tags.SPAN_KIND_RPC_SERVER, report);
  bridges.set(span, bridge);
  return bridge;
}

/**
 * A span of OpenTracing for OpenTelemetry.
 *
 * @returns `undefined` for one without ids, which is the parent of nothing
 * @internal
 */
export function otelSpanOf(span: Span, report: (error: unknown) => void): OtelSpan | undefined {
  const known = bridges.get(span) ?? bridgeNew(span, undefined, report);
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
  if (own !== undefined) {
    return own;
  }
  if (!isValid(span)) {
    return null;
  }
  let counterpart = lent.get(span);
  if (counterpart === undefined) {
    counterpart = new LentSpan(tracer, openTracingContextOf(span.spanContext()));
    lent.set(span, counterpart);
    bridges.set(counterpart, span);
  }
  return counterpart;
}

/** @internal The context of a span of OpenTelemetry; `null` for one without ids. */
export function parentContextOf(span: OtelSpan | undefined): SpanContext | null {
  if (span === undefined) {
    return null;
  }
  const own = (span as Partial<BridgeSpan>)._openTracingSpan;
  return own?.context() ?? (isValid(span) ? openTracingContextOf(span.spanContext()) : null);
}
