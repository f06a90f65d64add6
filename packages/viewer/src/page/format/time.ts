const steps: readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit][] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'always' });

/**
 * How long ago a moment was: `just now`, `5 seconds ago`, `3 minutes ago`, `2 days ago`; from 30
 * days on its date. Both arguments are milliseconds since the epoch.
 */
export function formatAgo(moment: number, now: number): string {
  const seconds = Math.round((moment - now) / 1_000);
  const distance = Math.abs(seconds);
  if (distance < 2) return 'just now';
  if (distance >= 30 * 86_400) return formatExact(moment).slice(0, 10);
  for (const [size, unit] of steps) {
    if (distance >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(seconds, 'second');
}

/**
 * A moment to the millisecond in the reader's time zone: `2026-11-22 07:40:12.345`. The argument
 * is in milliseconds since the epoch.
 */
export function formatExact(moment: number): string {
  const date = new Date(moment);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}
