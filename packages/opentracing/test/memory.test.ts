import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';

const fixture = fileURLToPath(new URL('fixtures/memory.mjs', import.meta.url));

describe('contexts that live on after their spans', () => {
  let result: { kept: string[]; limited: string[]; linked: Record<string, number> };

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', fixture]);
    result = JSON.parse(stdout);
  });

  test('keep neither a finished span nor what it was tagged with', () => {
    expect(result.kept).toEqual([]);
  });

  test('keep a span that is merely lent, which is the stated limit of withActive', () => {
    expect(result.limited).toEqual(['withActive of a span that is lent: span']);
  });

  test('are not linked to each other by timers that each schedule the next', () => {
    // One turn, the last one, lives on.
    for (const [name, linked] of Object.entries(result.linked)) {
      expect(linked, name).toBeLessThanOrEqual(1);
    }
  });
});
