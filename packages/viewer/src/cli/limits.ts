import { InvalidArgumentError } from 'commander';
import type { CollectorOptions } from '../collector/start.js';

const SIZES: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };
const TIMES: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const LEAST_SIZE = 1_000_000;

/**
 * The value of `--max-size` in bytes: `500mb`, `2gb`, `none`.
 * @throws InvalidArgumentError saying what is allowed
 */
export function asSize(text: string): number {
  const bytes = amountOf(text, SIZES);
  if (bytes === undefined || bytes < LEAST_SIZE) {
    throw new InvalidArgumentError(
      "It must be a size from 1mb on such as 500mb or 2gb, or 'none'.",
    );
  }
  return bytes;
}

/**
 * The value of `--max-age` in milliseconds: `12h`, `7d`, `none`.
 * @throws InvalidArgumentError saying what is allowed
 */
export function asAge(text: string): number {
  const age = amountOf(text, TIMES);
  if (age === undefined || age === 0) {
    throw new InvalidArgumentError("It must be a time such as 90m, 12h or 7d, or 'none'.");
  }
  return age;
}

/** What the command line calls `--max-size` and `--max-age`, as the collector calls them. */
export function limitsOf(options: {
  maxSize?: number;
  maxAge?: number;
}): Pick<CollectorOptions, 'maxBytes' | 'maxAgeMs'> {
  return {
    ...(options.maxSize === undefined ? {} : { maxBytes: options.maxSize }),
    ...(options.maxAge === undefined ? {} : { maxAgeMs: options.maxAge }),
  };
}

function amountOf(text: string, units: Readonly<Record<string, number>>): number | undefined {
  if (text.toLowerCase() === 'none') return Infinity;
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const factor = Object.hasOwn(units, unit.toLowerCase()) ? units[unit.toLowerCase()] : undefined;
  return factor === undefined ? undefined : Number(number) * factor;
}
