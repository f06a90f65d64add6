import { apiChecks, scopeChecks } from 'opentracing-ts/harness';
import { describe, expect, test } from 'vitest';
import { managers, noop, tracers } from './implementations.js';

for (const { name, create, options } of managers) {
  describe(`${name} keeps the rules of scope managers:`, () => {
    for (const check of scopeChecks(create, options)) {
      test(check.name, () => check.run());
    }
  });
}

for (const tracer of tracers) {
  for (const manager of managers) {
    describe(`${tracer.name} with ${manager.name} keeps the rules of tracers:`, () => {
      const options = { ...tracer.options, async: manager.options.async === true };
      for (const check of apiChecks(() => tracer.create(manager.create()), options)) {
        test(check.name, () => check.run());
      }
    });
  }
}

describe('the no-op Tracer keeps the rules that it can:', () => {
  for (const check of apiChecks(noop.create, noop.options)) {
    test(check.name, () => check.run());
  }
});

describe('the lists of checks', () => {
  const lists = {
    api: apiChecks(noop.create, { async: true, recordedSpan: () => never() }),
    scope: scopeChecks(() => never(), { async: true }),
  };

  test('cover what the harness of Python covers', () => {
    expect(lists.api.length).toBeGreaterThanOrEqual(25);
    expect(lists.scope.length).toBeGreaterThanOrEqual(8);
  });

  test('have a name of its own for every check', () => {
    for (const checks of Object.values(lists)) {
      expect(new Set(checks.map(({ name }) => name)).size).toBe(checks.length);
    }
  });

  test('leave out what a tracer does not offer', () => {
    expect(apiChecks(noop.create, noop.options).length).toBeLessThan(lists.api.length);
  });
});

function never(): never {
  throw new Error('not called');
}
