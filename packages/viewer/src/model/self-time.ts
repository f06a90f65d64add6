import type { Node } from './tree.js';

/**
 * The part of a span during which none of its children ran, in microseconds, 0 when the span has no
 * duration. What children did outside of the span's own time does not count.
 */
export function selfTime({ start, duration, children }: Node): number {
  let busy = 0;
  let until = start;
  const end = start + duration;
  // Children come by their start, so one pass finds what they cover together.
  for (const child of children) {
    const from = Math.max(child.start, until);
    const to = Math.min(child.start + child.duration, end);
    if (to > from) {
      busy += to - from;
      until = to;
    }
  }
  return duration - busy;
}
