import type { BasicSpan } from './basic-span.js';

/**
 * The queue of a recorder: a fixed number of places, so that it never grows.
 *
 * @internal
 */
export class SpanRing {
  places: (BasicSpan | undefined)[];
  /** Where the oldest span is. */
  start = 0;
  /** How many spans are in it. */
  size = 0;
  /** Up to which span, counted from the first one ever pushed, all have left it. */
  left = 0;
  /** How many left it from behind the oldest `heldBack`: not in `left` before those have left, too. */
  gap = 0;
  heldBack = 0;

  constructor(capacity: number) {
    this.places = new Array(capacity);
  }

  /** What `left` will be when all have left that are in it now. */
  get end(): number {
    return this.left + this.gap + this.size;
  }

  /** Only while `size` is less than the number of places. */
  push(span: BasicSpan): void {
    const { places } = this;
    const end = this.start + this.size++;
    places[end < places.length ? end : end - places.length] = span;
  }

  /** Makes the oldest span the newest. */
  moveToEnd(): void {
    const [oldest] = this.slice(0, 1);
    if (oldest !== undefined) {
      this.remove(1);
      this.push(oldest);
    }
  }

  /** At most `max` spans, from the one at `from` on, counted from the oldest; they stay in the ring. */
  slice(from: number, max: number): BasicSpan[] {
    const { places } = this;
    const start = (this.start + from) % places.length;
    const end = start + Math.min(this.size - from, max);
    const spans = places.slice(start, end);
    return (
      end > places.length ? spans.concat(places.slice(0, end - places.length)) : spans
    ) as BasicSpan[];
  }

  /** Takes out so many of the oldest spans. */
  remove(count: number): void {
    this.clear(count);
    this.left += count;
    this.heldBack = Math.max(this.heldBack - count, 0);
    if (this.heldBack === 0) {
      this.left += this.gap;
      this.gap = 0;
    }
  }

  /** Takes out so many spans from behind the oldest `from`, which stay. */
  removeBehind(from: number, count: number): void {
    if (from === 0) {
      this.remove(count);
      return;
    }
    const { places, start } = this;
    for (let i = start + from - 1; i >= start; i--) {
      places[(i + count) % places.length] = places[i % places.length];
    }
    this.clear(count);
    this.gap += count;
    this.heldBack = Math.max(this.heldBack, from);
  }

  clear(count: number): void {
    const { places } = this;
    const end = this.start + count;
    places.fill(undefined, this.start, end);
    if (end > places.length) {
      places.fill(undefined, 0, end - places.length);
    }
    this.start = end % places.length;
    this.size -= count;
  }
}
