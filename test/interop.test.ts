import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, WORKSPACE } from './support/run.js';

function interop(args: string[], env: Record<string, string> = {}) {
  return node([join(WORKSPACE, 'interop', 'run.mjs'), ...args], { cwd: WORKSPACE, env });
}

// Neither Java nor Python is in an empty folder.
const BARE = { PATH: join(WORKSPACE, 'interop', 'support') };

describe('npm run test:interop', () => {
  it('skips, outside CI, the systems that need what the machine lacks, and says what that is', async () => {
    const { code, stdout } = await interop([], { ...BARE, CI: '' });
    expect(stdout).toMatch(/^ +Zipkin +our viewer +Python$/m);
    expect(stdout).toMatch(/^to be there +– +–$/m);
    expect(stdout).toMatch(/^Zipkin JSON +✓$/m);
    expect(stdout).toMatch(
      /^Zipkin, to be there, skipped: There is no java on this machine; .*\.$/m,
    );
    expect(stdout).toMatch(/^Python, to be there, skipped: There is no python3 .*\.$/m);
    expect(code).toBe(0);
  });

  it('fails in CI when the machine lacks something', async () => {
    const { code, stdout } = await interop([], { ...BARE, CI: 'true' });
    expect(stdout).toMatch(
      /^Zipkin, to be there, failed: There is no java on this machine; .*\.$/m,
    );
    expect(stdout).not.toContain('skipped');
    expect(code).toBe(1);
  });

  it.each([
    [['--some'], "Unknown option '--some'; the only option is --all.\n"],
    [['zipkin'], "Unexpected argument 'zipkin'; the only option is --all.\n"],
  ])('says of %j in one sentence that it does not take it', async (args, sentence) => {
    expect(await interop(args)).toEqual({ code: 2, stdout: '', stderr: sentence });
  });
});
