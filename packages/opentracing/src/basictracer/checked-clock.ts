import { epochNow, timeOf } from '../clock.js';
import { describeValue } from '../describe-value.js';
import type { ReportOnce } from './report-error.js';

/**
 * The clock of the program, or the time of day where it fails; `null` where it has none.
 *
 * @throws TypeError for a clock that is none
 * @internal
 */
export function checkedClock(
  now: (() => number) | null | undefined,
  onError: ReportOnce,
): (() => number) | null {
  if (now === undefined || now === null) {
    return null;
  }
  if (typeof now !== 'function') {
    throw new TypeError(`The now is ${describeValue(now)}; give a function, such as Date.now.`);
  }
  let isLookedAt = false;
  return () => {
    try {
      const time = timeOf(now());
      if (time !== undefined) {
        if (!isLookedAt) {
          isLookedAt = true;
          checkEpoch(time, onError);
        }
        return time;
      }
      throw new TypeError('The clock given as now makes no time, so the time of day is taken.');
    } catch (error) {
      onError(error, 'clock');
      return epochNow();
    }
  };
}

/**
 * Tells of the clocks that are mistaken for one of the time of day. A test's clock may begin whenever it
 * likes, so a time long ago is no reason to tell; a test counts in whole numbers.
 */
function checkEpoch(time: number, onError: ReportOnce): void {
  const isMonotonic = !Number.isInteger(time) && Math.abs(time - performance.now()) < 5;
  const isSeconds = Math.abs(time - Date.now() / 1_000) < 5;
  if (isMonotonic || isSeconds) {
    onError(new WrongClockError(isMonotonic ? 'since the process started' : 'in seconds'), 'epoch');
  }
}

class WrongClockError extends Error {
  constructor(what: string) {
    super(
      `The clock given as now tells the time ${what}, so all spans are of 1970; ` +
        'it has to give milliseconds since the Unix epoch, as Date.now does.',
    );
    this.name = 'WrongClockError';
  }
}
