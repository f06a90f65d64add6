import type { HrTime } from '@opentelemetry/api';
import { timeOf } from '../clock.js';

const MICROS_IN_A_SECOND = 1e6;

/**
 * Milliseconds since the epoch as seconds and nanoseconds. A plain number would not do: an SDK takes a
 * small one for a reading of `performance.now()`. In whole microseconds, which is what such a number holds.
 *
 * @returns `undefined`, and so now, for what is no time
 * @internal
 */
export function hrTimeOf(time: unknown): HrTime | undefined {
  const milliseconds = timeOf(time);
  if (milliseconds === undefined) {
    return undefined;
  }
  const seconds = Math.trunc(milliseconds / 1e3);
  const micros = Math.round((milliseconds - seconds * 1e3) * 1e3);
  return micros < MICROS_IN_A_SECOND ? [seconds, micros * 1e3] : [seconds + 1, 0];
}
