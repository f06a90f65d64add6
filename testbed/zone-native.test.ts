import 'zone.js/node';
import { describe } from 'vitest';
import { scenarios } from './scenarios.js';

// All scenarios once more, over ZoneScopeManager alone: zone.js patches the program that loads it.
// Their `await` is native, which zone.js cannot follow.
describe('With a native await:', async () => {
  await import('./managers.test.js');
  for (const scenario of scenarios) {
    describe(`${scenario}:`, async () => {
      await import(`./${scenario}/${scenario}.test.ts`);
    });
  }
});
