import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { node, WORKSPACE } from './support/run.js';

const BROKEN = 'test/support/broken-tracers.mjs';
const INCOMPLETE = 'test/support/incomplete-tracers.mjs';

function conformance(...args: string[]) {
  return node([join(WORKSPACE, 'scripts', 'conformance.mjs'), ...args], { cwd: WORKSPACE });
}

describe('npm run conformance', () => {
  it('prints a table of every check for every tracer under every manager, and its totals', async () => {
    const { code, stdout, stderr } = await conformance();
    expect(stderr).toBe('');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(
      /^\d{3} checks, 27 columns: \d{4} passed, 0 failed, \d+ do not apply$/,
    );
    expect(stdout).not.toContain('✗');
    expect(lines).toContain('1 ThreadLocalScopeManager');
    expect(lines.find((line) => line.includes('no span is active to begin with'))).toMatch(
      /✓ {6}(✓ ✓ ✓ ✓ ✓ {2}){4}✓$/,
    );
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    expect(code).toBe(0);
  });

  it('says why a check does not apply', async () => {
    const { code, stdout } = await conformance('behind an await of withActiveSpan');
    expect(stdout).toMatch(/behind an await of +– {6}– ✓ ✓ – –/);
    expect(stdout).toMatch(/scopes follow asynchronous code: no-op, ThreadLocalScopeManager/);
    expect(stdout).toContain('contexts have ids: no-op');
    expect(stdout).toContain('1 check, 22 columns: 9 passed, 0 failed, 13 do not apply');
    expect(code).toBe(0);
  });

  it('runs only the checks with a word in their names or their areas', async () => {
    const { code, stdout } = await conformance('baggage');
    expect(stdout).toContain('a new trace has no baggage');
    expect(stdout).not.toContain('ignoreActiveSpan');
    expect(stdout).not.toContain('Scope managers');
    expect(code).toBe(0);
  });

  it('fails for a tracer that breaks a rule, with what is wrong', async () => {
    const { code, stdout } = await conformance('active spans', '--implementations', BROKEN);
    expect(stdout).toContain('\n✗ the active span is the parent of the next one\n');
    expect(stdout).toContain(
      '  Orphaning with EffectScopeManager: the trace id of the child should',
    );
    expect(stdout).toMatch(/✗ ✗ ✗ ✗ ✗ {2}✓ ✓ ✓ ✓ ✓$/m);
    expect(stdout).toMatch(/passed, (?!0)\d+ failed/);
    expect(code).toBe(1);
  });

  it('fails for a tracer that leaves a check waiting, and goes on', async () => {
    const { code, stdout } = await conformance('flush', '--implementations', BROKEN);
    expect(stdout).toContain(
      'Endless with ZoneScopeManager: The check waits for what never happens.',
    );
    expect(stdout).toContain('1 check, 10 columns: 5 passed, 5 failed');
    expect(code).toBe(1);
  });

  it.each([
    [['nonsense'], 'no check is about nonsense'],
    [['--nonsense'], "Unknown option '--nonsense'"],
    [['--implementations', 'none.mjs'], 'none.mjs cannot be loaded (Cannot find module'],
    [
      ['--implementations', 'scripts/conformance-table.mjs'],
      'exports neither tracers nor managers',
    ],
    [
      ['--implementations', INCOMPLETE],
      'exports tracers of which number 2 lacks a name or create()',
    ],
  ])('takes %j for a mistake', async (args, sentence) => {
    const { code, stdout, stderr } = await conformance(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
