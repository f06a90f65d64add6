/** `850 µs`, `12.3 ms`, `4.56 s`, `2 m 05 s`: three digits say enough. @param micros microseconds */
export function formatDuration(micros: number): string {
  if (micros < 1_000) return `${Math.round(micros)} µs`;
  if (micros < 999_500) return `${threeDigits(micros / 1_000)} ms`;
  if (micros < 59_995_000) return `${threeDigits(micros / 1_000_000)} s`;
  const seconds = Math.round(micros / 1_000_000);
  return `${Math.floor(seconds / 60)} m ${String(seconds % 60).padStart(2, '0')} s`;
}

/** `2026-11-22 08:15:02.123` in the local time zone. @param micros microseconds since the epoch */
export function formatTime(micros: number): string {
  const time = new Date(micros / 1_000);
  const date = [time.getFullYear(), time.getMonth() + 1, time.getDate()];
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()];
  const two = (part: number) => String(part).padStart(2, '0');
  const millis = String(time.getMilliseconds()).padStart(3, '0');
  return `${date.map(two).join('-')} ${clock.map(two).join(':')}.${millis}`;
}

/** `12.3/s`, `4.50/min`, `2.00/h`, `< 1/day`: in the smallest unit that makes it at least one. */
export function formatRate(perSecond: number): string {
  if (perSecond >= 1) return `${threeDigits(perSecond)}/s`;
  if (perSecond * 60 >= 1) return `${threeDigits(perSecond * 60)}/min`;
  if (perSecond * 3_600 >= 1) return `${threeDigits(perSecond * 3_600)}/h`;
  return perSecond * 86_400 >= 1 ? `${threeDigits(perSecond * 86_400)}/day` : '< 1/day';
}

/** `12.5 %`; what is not nothing is never `0`, and what is not all never `100`. @param share 0 to 1 */
export function formatShare(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  return `${Math.min(Math.max(share * 100, 0.1), 99.9).toFixed(1)} %`;
}

/** `1 span`, `2 spans`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function threeDigits(value: number): string {
  return value.toFixed(value < 9.995 ? 2 : value < 99.95 ? 1 : 0);
}
