import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/effect-memory.mjs', import.meta.url));

// Effect's contexts keep up to eight values that have been replaced before they are copied.
const KEPT_BY_EFFECT = 8;

describe('fibers of Effect that live on after the spans around them', () => {
  let result: { kept: string[]; linked: Record<string, number> };

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fixture]);
    result = JSON.parse(stdout);
  });

  test('keep neither a finished span, nor what it was tagged with, nor the result', () => {
    expect(result.kept).toEqual([]);
  });

  test('are not linked to each other by turns that each fork the next', () => {
    for (const [name, linked] of Object.entries(result.linked)) {
      expect(linked, name).toBeLessThanOrEqual(2 * KEPT_BY_EFFECT);
    }
  });
});
