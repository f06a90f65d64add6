/*
 * One clock for everything that is timed in this process: the monotonic clock plus the offset that
 * makes it the time of day. `performance.timeOrigin` is that offset when the process starts; the
 * monotonic clock then stands still while a laptop sleeps and does not follow corrections of the
 * time of day, so the offset is checked at the start of each trace and set anew where it is off.
 */

// Milliseconds. `Date.now()` is cut to a whole millisecond, so it lies up to one below the clock.
const TOLERANCE = 1;
const HALF_A_TICK = 0.5;
const TICK = 1;

const systemDateNow = Date.now;
// Kept, because Node has a getter in the place of the global, which every reading would go through.
const clock = performance;

let offset = clock.timeOrigin;
let checkedAt = Number.NEGATIVE_INFINITY;

/** @internal Milliseconds on the monotonic clock. */
export function monotonicNow(): number {
  return clock.now();
}

function isOff(measured: number): boolean {
  return Math.abs(measured - offset) > TOLERANCE;
}

/**
 * What to add to {@link monotonicNow} to get milliseconds since the Unix epoch, checked against the
 * time of day. A trace asks once, at its first span in this process, so that times inside it never
 * go backwards.
 *
 * `Date.now()` moves once in a millisecond, so it is asked again only when the monotonic clock has
 * moved by one: it costs a tenth of an active span. A test that replaces it is heard at once.
 *
 * @param monotonic - what {@link monotonicNow} has just returned
 * @internal
 */
export function epochOffset(monotonic: number): number {
  const isSystemClock = Date.now === systemDateNow;
  const sinceChecked = monotonic - checkedAt;
  if (isSystemClock && sinceChecked >= 0 && sinceChecked < TICK) {
    return offset;
  }
  checkedAt = isSystemClock ? monotonic : Number.NEGATIVE_INFINITY;
  return checkedOffset(monotonic);
}

function checkedOffset(monotonic: number): number {
  const first = Date.now() - monotonic + HALF_A_TICK;
  if (isOff(first)) {
    // A thread that lost the processor between its two readings measured too much, never too little.
    const again = monotonicNow();
    const measured = Math.min(first, Date.now() - again + HALF_A_TICK);
    if (isOff(measured)) {
      offset = measured;
    }
  }
  return offset;
}

/** @internal Milliseconds since the Unix epoch, with a fraction. */
export function epochNow(): number {
  const monotonic = monotonicNow();
  return epochOffset(monotonic) + monotonic;
}

/**
 * @internal A time that was given; `undefined`, and so now, for what is no time: anything but a finite
 * number of 0 or more.
 */
export function timeOf(time: unknown): number | undefined {
  return typeof time === 'number' && time >= 0 && time < 1 / 0 ? time : undefined;
}
