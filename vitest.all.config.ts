import { defineConfig } from 'vitest/config';

// The tests that need more than npm ci: Chromium, other runtimes, or minutes to install programs of
// others.
export default defineConfig({
  test: {
    // A condition that a browser takes its time for where everything else runs beside it.
    expect: { poll: { timeout: 15_000 } },
    include: [
      'packages/*/test/**/*.browser.test.ts',
      'packages/*/test/**/*.all.test.ts',
      'test/**/*.all.test.ts',
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
