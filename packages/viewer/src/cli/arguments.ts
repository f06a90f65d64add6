import { InvalidArgumentError } from 'commander';
import { BadRequestError } from '../errors.js';

const AGE = /^(\d{1,9})(s|m|h|d)$/;
const TIME = /^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:\d\d)?$/;
/** In milliseconds. */
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** @throws InvalidArgumentError when it is no port */
export function asPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError('It must be a number from 0 to 65535.');
  return port;
}

/** @throws InvalidArgumentError when it is no whole number above zero */
export function asPositive(text: string): number {
  const number = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (number === 0) throw new InvalidArgumentError('It must be a whole number above 0.');
  return number;
}

/** @throws InvalidArgumentError when it is empty or missing */
export function nonEmpty(text: string): string {
  if (text === '') throw new InvalidArgumentError('It must not be empty.');
  return asValue(text);
}

/**
 * commander takes whatever comes next, also `--` and the next option, for the value.
 * @throws InvalidArgumentError when it is missing
 */
export function asValue(text: string): string {
  if (text.startsWith('--')) throw new InvalidArgumentError('Its value is missing.');
  return text;
}

/**
 * Names with commas between them.
 * @throws InvalidArgumentError when there is none
 */
export function asKeys(text: string): string[] {
  const keys = asValue(text)
    .split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '');
  if (keys.length === 0) throw new InvalidArgumentError('It must name at least one tag.');
  return [...new Set(keys)];
}

/**
 * The address of a receiver of spans.
 * @throws InvalidArgumentError when it is no http or https address
 * @throws BadRequestError when it carries a password
 */
export function asReceiver(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new InvalidArgumentError('It must be an address such as http://127.0.0.1:9411.');
  }
  if (url.username !== '' || url.password !== '') {
    // commander would repeat the address.
    throw new BadRequestError("--to takes no password: give --header 'Authorization: Basic ...'");
  }
  return url;
}

/**
 * One more header, `Name: value`. The value is never repeated: it may be a secret.
 * @throws BadRequestError when it is no header
 */
export function asHeader(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const [, name = '', value = ''] = /^([^:]+):(.*)$/s.exec(text) ?? [];
  try {
    new Headers({ [name]: value });
  } catch {
    throw new BadRequestError("--header must be 'Name: value'");
  }
  return { ...before, [name.toLowerCase()]: value.trim() };
}

/**
 * How far back to look: an age such as `90s`, `15m`, `1h` or `7d`, or a time in ISO 8601, local unless
 * it names its zone.
 * @returns milliseconds since the epoch
 * @throws InvalidArgumentError when it is neither
 */
export function asSince(text: string): number {
  const [, amount, unit = ''] = AGE.exec(text) ?? [];
  if (amount !== undefined) return Math.max(0, Date.now() - Number(amount) * (UNITS[unit] ?? 0));
  // JavaScript takes a date without a time for UTC, and one with a time for local.
  const local = text.length === 'YYYY-MM-DD'.length ? `${text}T00:00` : text;
  const time = TIME.test(text) ? Date.parse(local) : Number.NaN;
  if (Number.isNaN(time)) {
    throw new InvalidArgumentError(
      'It must be an age such as 90s, 15m, 1h or 7d, or a time such as 2026-11-22T08:00.',
    );
  }
  return time;
}
