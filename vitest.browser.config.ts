import { defineConfig } from 'vitest/config';

// The tests that need Chromium: apart from the others, which need nothing but npm.
export default defineConfig({
  test: {
    include: ['packages/*/test/**/*.browser.test.ts', 'test/**/*.all.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
