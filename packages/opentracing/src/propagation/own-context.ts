import { baggageFrom } from './baggage-items.js';
import type { Arrived, BasicSpanContext } from './basic-span-context.js';
import { contextOfIds, contextWithoutIds } from './context-of-ids.js';
import { parseTraceState } from './trace-state.js';

/**
 * Any context as one of ours: one of another tracer is known by its ids and baggage.
 *
 * @returns `null` for what is no context at all, or throws when it is asked
 * @internal
 */
export function ownContext(context: unknown): BasicSpanContext | null {
  if (context === null || context === undefined) {
    return null;
  }
  try {
    // Told by its shape: the class may come from another copy of this package. Contexts of other
    // libraries have a `_trace` too, but no clock in it.
    const { _trace } = context as Partial<BasicSpanContext>;
    return typeof _trace?.epochOffset === 'number'
      ? (context as BasicSpanContext)
      : convertedContext(context);
  } catch {
    return null;
  }
}

function convertedContext(context: object): BasicSpanContext | null {
  const { toTraceId, toSpanId, baggage, sampled: given } = context as Partial<BasicSpanContext>;
  if (typeof toTraceId !== 'function' || typeof toSpanId !== 'function') {
    return null;
  }
  const traceId = pad(toTraceId.call(context), 32);
  const spanId = pad(toSpanId.call(context), 16);
  // That of another version of this package has a decision too.
  const sampled = typeof given === 'boolean' ? given : undefined;
  const own =
    contextOfIds(traceId, spanId, undefined, sampled, false) ??
    contextWithoutIds(sampled, false, null);
  const { traceState: text } = context as Arrived;
  const traceState = typeof text === 'string' ? parseTraceState(text) : undefined;
  if (traceState !== undefined) {
    own._trace.arrived = { traceState };
  }
  return own._withBaggage(baggageFrom(baggage));
}

function pad(id: unknown, length: number): string {
  return String(id).toLowerCase().padStart(length, '0');
}
