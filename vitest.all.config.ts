import { defineConfig } from 'vitest/config';

// The tests that need more than npm ci: Chromium, other runtimes, or minutes to install programs of
// others.
export default defineConfig({
  test: {
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
