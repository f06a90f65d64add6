import { baggageFrom } from '../propagation/baggage-items.js';
import type { SpanContext } from '../span-context.js';
import { MockSpanContext } from './mock-span-context.js';

/**
 * A context of any tracer as one of the mock's.
 *
 * @returns `null` for what is no context, or throws when it is asked
 * @internal
 */
export function mockContextOf(context: SpanContext | null | undefined): MockSpanContext | null {
  try {
    if (context instanceof MockSpanContext) {
      return context;
    }
    const given = context as MockSpanContext;
    const own = new MockSpanContext(
      String(given.toTraceId()),
      String(given.toSpanId()),
      baggageFrom(given.baggage),
    );
    // Of the mock of another copy of this package.
    const { _epochOffset: offset } = given;
    own._epochOffset = Number.isFinite(offset) ? offset : undefined;
    return own;
  } catch {
    return null;
  }
}
