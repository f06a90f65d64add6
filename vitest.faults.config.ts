import { defineConfig } from 'vitest/config';

// All that can happen to spans on their way, the slow ones too, and a table of it.
export default defineConfig({
  test: {
    include: ['packages/opentracing/test/faults/**/*.test.ts'],
    reporters: ['default', './packages/opentracing/test/faults/reporter.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
