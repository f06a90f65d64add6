import { expect, it } from 'vitest';
import { tryRandomHeaders } from './support/random-headers.js';

it('a million random and mutated headers break nothing, pollute nothing and inject nothing', () => {
  const seed = Number(process.env.RANDOM_HEADERS_SEED ?? Date.now() % 2 ** 31);
  expect(() => tryRandomHeaders(1_000_000, seed)).not.toThrow();
}, 300_000);
