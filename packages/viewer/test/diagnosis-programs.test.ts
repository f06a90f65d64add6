import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../src/model/diagnosis/diagnose-all.js';
import { get, testCollector } from './support/collector.js';
import { node } from './support/command.js';

const PROGRAM = fileURLToPath(new URL('support/broken-programs.mjs', import.meta.url));

/** What the collector finds in the traces of a program, as `kind severity: sentence`. */
async function findings(name: string, args: readonly string[] = []): Promise<string[]> {
  const collector = await testCollector();
  const env = {
    OPENTRACING_ZIPKIN_URL: `${collector.url}/api/v2/spans`,
    OPENTRACING_OPEN_SPANS: '1',
  };
  const running = node([...args, PROGRAM, name], env);
  expect({ ...(await running.ended), stderr: running.stderr }).toMatchObject({
    code: 0,
    stderr: '',
  });
  const all = Date.now().toString();
  const { json } = await get(collector, `/api/diagnosis?lookback=${all}&endTs=${all}`);
  const { groups, traces } = json as Diagnosis;
  expect(traces).toBeGreaterThan(0);
  return groups.flatMap((group) =>
    group.findings.map(({ kind, severity, seen }) => `${kind} ${severity}: ${seen}`),
  );
}

describe('the diagnosis of programs', () => {
  it.each([
    [
      'pool',
      /^lost-inside warning: “query” of shop and 1 more span each began a trace of their own while shop was answering “get \/orders” of shop\.$/,
    ],
    [
      'wrong-scope-manager',
      /^lost-inside warning: “load the basket” of shop began a trace of its own while shop was answering “get \/orders” of shop\.$/,
    ],
    [
      'no-inject',
      /^lost-between warning: “get \/stock\/7” of shop was answered by “get \/stock\/7” of stock, which began a trace of its own\.$/,
    ],
    [
      'lost-message',
      /^lost-between warning: A message of “send” of shop to “orders” has no receiver in its trace, while “take” of kitchen takes messages from there and began a trace of its own\.$/,
    ],
    [
      'not-awaited',
      /^late-child warning: “send a mail” of shop began \d[\d.]* ms after the end of “order”, the parent\.$/,
    ],
    [
      'never-finished',
      /^orphan note: “oven” of shop names the parent [0-9a-f]{16}, which did not arrive\.$/,
    ],
    ['wrong-unit', /^clock warning: “bake” of shop lasts 20,\d00 days\.$/],
    [
      'same-ids',
      /^duplicate-id warning: “work” of shop and “work” of stock have the same id, [0-9a-f]{16}\.$/,
    ],
  ])('says what is wrong in %s', async (name, sentence) => {
    const [first, ...others] = await findings(name);
    expect(first).toMatch(sentence);
    expect(others).toEqual([]);
  });

  it.each([
    'right-pool',
    'right-scope-manager',
    'right-inject',
    'right-message',
    'right-not-awaited',
    'right-jobs',
  ])('says nothing of %s', async (name) => {
    expect(await findings(name)).toEqual([]);
  });
});
