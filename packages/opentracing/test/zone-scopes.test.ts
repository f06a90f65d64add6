import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { zoneProgram } from './fixtures/zone/bundle.js';
import { expectCompiled, NATIVE_REPORT } from './zone-expectations.js';

// zone.js patches what it finds, so each program has a process of its own.
async function run(...of: Parameters<typeof zoneProgram>): Promise<unknown> {
  const program = await zoneProgram(...of);
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(`${program}\nreport().then((result) => console.log(JSON.stringify(result)));`);
  return JSON.parse(await text(child.stdout));
}

describe('ZoneScopeManager in Node', () => {
  test('keeps every rule of scope managers and tracers in a program compiled to ES2016, and keeps no finished span', async () => {
    expectCompiled(await run('compiled', 'zone.js/node', 'esm'), { listeners: null, kept: [] });
  });

  test('has the stated limit: behind a native await nothing is active, and nothing leaks', async () => {
    expect(await run('native', 'zone.js/node', 'esm')).toEqual(NATIVE_REPORT);
  });

  test('cannot be made without zone.js, and says which manager can', async () => {
    expect(await run('without', null, 'esm')).toEqual({
      isSupported: false,
      message:
        "There is no zone.js in this program; import 'zone.js' (0.15 or later) before, or use " +
        "ThreadLocalScopeManager from 'opentracing-ts/scope-managers/thread-local' instead.",
    });
  });
});
