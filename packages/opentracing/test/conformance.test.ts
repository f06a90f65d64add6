import { describe, expect, test } from 'vitest';
import { allChecks, suitesOf } from './conformance-suites.mjs';
import { managers, tracers } from './implementations.mjs';

const suites = suitesOf({ managers, tracers });

for (const { title, checks } of suites) {
  describe(`${title} keeps the rules:`, () => {
    for (const check of checks) {
      test(check.name, () => check.run());
    }
  });
}

describe('the lists of checks', () => {
  const { ofManagers, ofTracers } = allChecks();

  test('cover what the harness of Python covers', () => {
    expect(ofTracers.length).toBeGreaterThanOrEqual(25);
    expect(ofManagers.length).toBeGreaterThanOrEqual(8);
  });

  test('have a name of its own for every check, and an area', () => {
    for (const checks of [ofManagers, ofTracers]) {
      expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
      expect(checks.every(({ area }) => area.length > 0)).toBe(true);
    }
  });

  test('leave out what a tracer does not offer', () => {
    const noop = suites.find(({ tracer }) => tracer === 'no-op')?.checks ?? [];
    expect(noop.length).toBeGreaterThan(10);
    expect(noop.length).toBeLessThan(ofTracers.length);
    expect(noop.flatMap(({ needs }) => needs)).toEqual([]);
  });
});
