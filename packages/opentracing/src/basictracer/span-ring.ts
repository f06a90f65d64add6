import type { BasicSpan } from './basic-span.js';

/**
 * The queue of a recorder: a fixed number of places, so that it never grows.
 *
 * @internal
 */
export class SpanRing {
  places: (BasicSpan | undefined)[];
  /** What each of them weighs; made when the first one is weighed. */
  weights: Float64Array | null = null;
  /** What all of them weigh. */
  weight = 0;
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

  /** The same, for a span that was weighed. */
  pushWeighed(span: BasicSpan, weight: number): void {
    if (weight > 0) {
      const { places } = this;
      this.weights ??= new Float64Array(places.length);
      this.weights[(this.start + this.size) % places.length] = weight;
      this.weight += weight;
    }
    this.push(span);
  }

  /** Makes the oldest span the newest. */
  moveToEnd(): void {
    const [oldest] = this.slice(0, 1);
    if (oldest !== undefined) {
      const weight = this.weights?.[this.start] ?? 0;
      this.remove(1);
      this.pushWeighed(oldest, weight);
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
      const to = (i + count) % places.length;
      places[to] = places[i % places.length];
      this.swapWeights(i % places.length, to);
    }
    this.clear(count);
    this.gap += count;
    this.heldBack = Math.max(this.heldBack, from);
  }

  /** So that those which are cleared next are those of the spans that leave. */
  swapWeights(one: number, other: number): void {
    const { weights } = this;
    if (weights !== null) {
      const weight = weights[one] as number;
      weights[one] = weights[other] as number;
      weights[other] = weight;
    }
  }

  clear(count: number): void {
    this.clearWeights(count);
    const { places } = this;
    const end = this.start + count;
    places.fill(undefined, this.start, end);
    if (end > places.length) {
      places.fill(undefined, 0, end - places.length);
    }
    this.start = end % places.length;
    this.size -= count;
  }

  clearWeights(count: number): void {
    if (this.weight === 0 || this.weights === null) {
      return;
    }
    const { weights } = this;
    for (let i = this.start; i < this.start + count; i++) {
      this.weight -= weights[i % weights.length] as number;
      weights[i % weights.length] = 0;
    }
  }
}
