import { describe, expect, it } from 'vitest';
import { start } from './register-helpers.js';
import { temporaryFolder } from './spool-helpers.js';

const SPANS = 1_000_000;
const MIB = 1024 * 1024;

/** Records so many spans while the collector hangs. */
async function recordWhileItHangs(dir = '') {
  const program = start(['hanging.mjs', String(SPANS), dir], {}, ['--expose-gc']);
  expect(await program.ended, program.output.stderr).toBe(0);
  return JSON.parse(program.output.stdout);
}

describe('a million spans while the collector hangs', { timeout: 120_000 }, () => {
  it('take no more memory than the first tenth of them did', async () => {
    const { early, late, stats } = await recordWhileItHangs();
    expect(late - early).toBeLessThan(4 * MIB);
    expect(late).toBeLessThan(64 * MIB);
    expect(stats).toMatchObject({ recorded: SPANS, queued: 10_000, dropped: SPANS - 10_000 });
  });

  it('take no more memory with a spool, nor more of the disk than it may have', async () => {
    const { early, late, stats, spool } = await recordWhileItHangs(temporaryFolder());
    expect(late - early).toBeLessThan(4 * MIB);
    expect(late).toBeLessThan(64 * MIB);
    expect(stats.queued).toBeLessThanOrEqual(10_000);
    expect(stats).toMatchObject({ recorded: SPANS, spooled: SPANS - stats.queued, dropped: 0 });
    expect(spool.bytes).toBeLessThanOrEqual(4 * MIB);
    expect(spool).toMatchObject({ stored: stats.spooled, dropped: stats.spooled - spool.waiting });
  });
});
