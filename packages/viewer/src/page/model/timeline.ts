/** A mark of the time axis: where it is, in per cent of the axis, and the time it stands for. */
export interface Tick {
  /** 0 to 100. */
  position: number;
  /** Microseconds since the start of the trace. */
  time: number;
}

/**
 * The marks of a time axis that begins at `from`: the multiples of a round number (1, 2 or 5 times a
 * power of ten) of microseconds, at most `most` intervals of them.
 */
export function ticks(duration: number, most = 5, from = 0): Tick[] {
  if (duration <= 0) return [{ position: 0, time: 0 }];
  const power = 10 ** Math.floor(Math.log10(duration / most));
  const step = [1, 2, 5, 10].map((n) => n * power).find((size) => duration / size <= most);
  const size = Math.max(step ?? 10 * power, 1);
  const first = Math.ceil(from / size);
  const count = Math.floor((from + duration) / size) - first;
  return Array.from({ length: count + 1 }, (_, index) => ({
    position: (100 * ((first + index) * size - from)) / duration,
    time: (first + index) * size,
  }));
}

/** Where a bar lies on an axis, in per cent of it, kept inside it. */
export function placeBar(
  start: number,
  duration: number,
  total: number,
): { left: number; width: number } {
  if (total <= 0) return { left: 0, width: 100 };
  const left = clamp((100 * start) / total);
  return { left, width: clamp((100 * (start + duration)) / total) - left };
}

function clamp(percent: number): number {
  return Math.min(100, Math.max(0, percent));
}
