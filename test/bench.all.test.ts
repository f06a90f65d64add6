import { expect, test } from 'vitest';
import { node, WORKSPACE } from './support/run.js';

test('every variant of every case of the benchmark does its work', {
  timeout: 600_000,
}, async () => {
  const { code, stderr } = await node(['bench/run.mjs', '--smoke'], {
    cwd: WORKSPACE,
    timeout: 600_000,
  });

  expect({ code, stderr }).toMatchObject({ code: 0 });
});
