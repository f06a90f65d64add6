import { signal } from '@preact/signals';
import { formatAgo, formatExact } from '../format/time.js';

const now = signal(Date.now());
setInterval(() => {
  now.value = Date.now();
}, 5_000);

/** How long ago something was, with the exact time as its title. In microseconds. */
export function Ago({ timestamp }: { timestamp: number }) {
  const milliseconds = timestamp / 1_000;
  return (
    <time dateTime={isoTime(milliseconds)} title={formatExact(milliseconds)}>
      {formatAgo(milliseconds, Math.max(now.value, milliseconds))}
    </time>
  );
}

/** The exact time, with how long ago it was as its title. In microseconds. */
export function Exact({ timestamp }: { timestamp: number }) {
  const milliseconds = timestamp / 1_000;
  return (
    <time dateTime={isoTime(milliseconds)} title={formatAgo(milliseconds, now.value)}>
      {formatExact(milliseconds)}
    </time>
  );
}

/** Undefined for a time that no calendar has: a reporter may send any number. */
function isoTime(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
