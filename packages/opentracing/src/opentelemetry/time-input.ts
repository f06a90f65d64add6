import type { TimeInput } from '@opentelemetry/api';

/**
 * A time as OpenTelemetry's users give it, in milliseconds since the Unix epoch. A number that the
 * monotonic clock has not reached yet is of the epoch; any other is one of `performance.now()`.
 *
 * @returns `undefined`, and so now, for what is no time
 * @internal
 */
export function millisecondsOf(time: TimeInput | undefined): number | undefined {
  if (typeof time === 'number') {
    return time <= performance.now() ? performance.timeOrigin + time : time;
  }
  if (Array.isArray(time)) {
    return time[0] * 1e3 + time[1] / 1e6;
  }
  return time instanceof Date ? time.getTime() : undefined;
}

/** @internal Whether an argument that may be attributes or a time is a time. */
export function isTimeInput(given: unknown): given is TimeInput {
  return typeof given === 'number' || Array.isArray(given) || given instanceof Date;
}
