import type { Reference } from '../reference.js';
import type { Cuts } from './span-limits.js';

/**
 * What few spans have. Apart, because each field of a span is eight bytes in every span that waits to be
 * sent.
 *
 * @internal
 */
export class SpanExtras {
  /** `null` where there is at most a parent. */
  references: readonly Reference[] | null = null;
  /** Whether the span has the id of the client's span, which it was joined with. */
  isShared = false;
  /** What the limits of the tracer have cut. */
  cuts: Cuts | null = null;
}
