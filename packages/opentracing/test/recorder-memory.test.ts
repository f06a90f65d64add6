import { describe, expect, it } from 'vitest';
import { start } from './register-helpers.js';
import { temporaryFolder } from './spool-helpers.js';

const SPANS = 1_000_000;
const MIB = 1024 * 1024;

interface Hanging {
  spans?: number;
  dir?: string;
  /** Of a text that each span has. */
  characters?: number;
  /** Of Node. */
  flags?: string[];
}

/** Records so many spans while the collector hangs. */
async function recordWhileItHangs({
  spans = SPANS,
  dir = '',
  characters = 0,
  flags = [],
}: Hanging) {
  const args = ['hanging.mjs', String(spans), dir, String(characters)];
  const program = start(args, {}, ['--expose-gc', ...flags]);
  expect(await program.ended, program.output.stderr).toBe(0);
  return JSON.parse(program.output.stdout);
}

describe('a million spans while the collector hangs', { timeout: 120_000 }, () => {
  it('take no more memory than the first tenth of them did', async () => {
    const { early, late, stats } = await recordWhileItHangs({});
    expect(late - early).toBeLessThan(4 * MIB);
    expect(late).toBeLessThan(64 * MIB);
    expect(stats).toMatchObject({ recorded: SPANS, queued: 10_000, dropped: SPANS - 10_000 });
  });

  it('take no more memory with a spool, nor more of the disk than it may have', async () => {
    const { early, late, stats, spool } = await recordWhileItHangs({ dir: temporaryFolder() });
    expect(late - early).toBeLessThan(4 * MIB);
    expect(late).toBeLessThan(64 * MIB);
    expect(stats.queued).toBeLessThanOrEqual(10_000);
    expect(stats).toMatchObject({ recorded: SPANS, spooled: SPANS - stats.queued, dropped: 0 });
    expect(spool.bytes).toBeLessThanOrEqual(4 * MIB);
    expect(spool).toMatchObject({ stored: stats.spooled, dropped: stats.spooled - spool.waiting });
  });
});

describe('spans with 100 kB of text while the collector hangs', { timeout: 120_000 }, () => {
  const large = { spans: 10_000, characters: 100_000, flags: ['--max-old-space-size=256'] };

  it('do not exhaust a small heap: what does not fit is counted', async () => {
    const { stats } = await recordWhileItHangs(large);
    expect(stats).toMatchObject({ recorded: 10_000, dropped: 10_000 - stats.queued });
    expect(stats.queued).toBeGreaterThan(1_500);
    expect(stats.queued).toBeLessThan(1_700);
  });

  it('go to a spool instead', async () => {
    const { stats } = await recordWhileItHangs({ ...large, dir: temporaryFolder() });
    expect(stats).toMatchObject({ recorded: 10_000, dropped: 0 });
    expect(stats.spooled + stats.queued).toBe(10_000);
  });
});
