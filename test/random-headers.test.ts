import { expect, it } from 'vitest';
import { tryRandomHeaders } from './support/random-headers.js';

// A million of them are tried by test/random-headers.all.test.ts.
it('random and mutated headers and bytes break nothing, pollute nothing and inject nothing', () => {
  const seed = Number(process.env.RANDOM_HEADERS_SEED ?? Date.now() % 2 ** 31);
  expect(() => tryRandomHeaders(20_000, seed)).not.toThrow();
});
