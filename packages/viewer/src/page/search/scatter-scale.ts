import type { TraceLine } from '../../model/trace-line.js';

/** A part of the scatter: times in milliseconds since the epoch, durations in microseconds. */
export interface Area {
  from: number;
  to: number;
  shortest: number;
  longest: number;
}

/** What the whole scatter shows: all traces that have a time, with some room around them. */
export function areaOf(traces: readonly TraceLine[]): Area {
  const times: number[] = [];
  const durations: number[] = [];
  for (const { timestamp, duration } of traces) {
    if (timestamp === undefined) continue;
    times.push(timestamp / 1_000);
    durations.push(Math.max(1, duration));
  }
  const [from, to] = [Math.min(...times), Math.max(...times)];
  const room = Math.max(1, (to - from) * 0.03);
  return {
    from: from - room,
    to: to + room,
    shortest: Math.max(0.5, Math.min(...durations) / 1.5),
    longest: Math.max(...durations) * 1.5,
  };
}

/** Whether a trace lies in the area. */
export function isIn({ from, to, shortest, longest }: Area, trace: TraceLine): boolean {
  if (trace.timestamp === undefined) return false;
  const time = trace.timestamp / 1_000;
  const duration = Math.max(1, trace.duration);
  return time >= from && time <= to && duration >= shortest && duration <= longest;
}

/** How far a moment is from the left, 0 to 1. */
export function shareOfTime({ from, to }: Area, time: number): number {
  return (time - from) / (to - from);
}

/** How far a duration is from the bottom, 0 to 1, by its logarithm. */
export function shareOfDuration({ shortest, longest }: Area, duration: number): number {
  return Math.log(Math.max(1, duration) / shortest) / Math.log(longest / shortest);
}

/** The part of an area between two corners, each as shares from the left and from the bottom. */
export function partOf(
  area: Area,
  a: readonly [number, number],
  b: readonly [number, number],
): Area {
  const time = (share: number) => area.from + clamp(share) * (area.to - area.from);
  const duration = (share: number) =>
    area.shortest * (area.longest / area.shortest) ** clamp(share);
  return {
    from: time(Math.min(a[0], b[0])),
    to: time(Math.max(a[0], b[0])),
    shortest: duration(Math.min(a[1], b[1])),
    longest: duration(Math.max(a[1], b[1])),
  };
}

/** Round numbers between powers of ten, from few to many. */
const DIVISIONS = [[1], [1, 3], [1, 2, 5], [1, 1.5, 2, 3, 5, 7]];

/** Round durations in the area, in microseconds: at least two where there are, and no more than it takes. */
export function durationTicks({ shortest, longest }: Area): number[] {
  let ticks: number[] = [];
  for (const division of DIVISIONS) {
    ticks = [];
    for (let ten = 10 ** Math.floor(Math.log10(shortest)); ten <= longest; ten *= 10) {
      ticks.push(...division.map((part) => part * ten));
    }
    ticks = ticks.filter((tick) => tick >= Math.max(1, shortest) && tick <= longest);
    if (ticks.length > 1) break;
  }
  return ticks;
}

/** Durations of whole traces as the address writes them, `12-3400` in microseconds; undefined when unreadable. */
export function readBetween(text: string | null): [shortest: number, longest: number] | undefined {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? '');
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
