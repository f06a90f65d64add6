import type { BasicSpan } from './basic-span.js';

/**
 * Spans with which a collector fails while it takes others: it says that they may be accepted later, and
 * would be sent the same ones for ever.
 *
 * @internal
 */
export class SuspectSpans {
  /** How often each was refused alone by a collector that took others of its batch. */
  counts = new WeakMap<BasicSpan, number>();

  /** Whether one of these is known. */
  isAmong(spans: readonly BasicSpan[]): boolean {
    return spans.some((span) => this.counts.has(span));
  }

  /** Whether a collector has failed with it so often that there is no hope. */
  isHopeless(span: BasicSpan): boolean {
    return (this.counts.get(span) ?? 0) >= 2;
  }

  add(spans: readonly BasicSpan[]): void {
    for (const span of spans) {
      this.counts.set(span, (this.counts.get(span) ?? 0) + 1);
    }
  }
}
