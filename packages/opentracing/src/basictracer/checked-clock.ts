import { epochNow, timeOf } from '../clock.js';
import { describeValue } from '../describe-value.js';

/**
 * The clock of the program, or the time of day where it fails; `null` where it has none.
 *
 * @throws TypeError for a clock that is none
 * @internal
 */
export function checkedClock(
  now: (() => number) | null | undefined,
  onError: (error: unknown) => void,
): (() => number) | null {
  if (now === undefined || now === null) {
    return null;
  }
  if (typeof now !== 'function') {
    throw new TypeError(`The now is ${describeValue(now)}; give a function, such as Date.now.`);
  }
  return () => {
    try {
      const time = timeOf(now());
      if (time !== undefined) {
        return time;
      }
      throw new TypeError('The clock given as now makes no time, so the time of day is taken.');
    } catch (error) {
      onError(error);
      return epochNow();
    }
  };
}
