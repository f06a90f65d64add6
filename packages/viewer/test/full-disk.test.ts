import { execFileSync, spawnSync } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { get, post, span, temporaryFolder } from './support/collector.js';
import { VIEWER, viewer } from './support/command.js';

const KILOBYTE = 1024;

/** Whether the size of the files of a running program can be limited, which is a full disk to it. */
const canLimit = spawnSync('prlimit', ['--version']).status === 0;
/** Whether a small disk can be made that only one command sees. */
const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

function batch(traceId: string) {
  return Array.from({ length: 50 }, (_, i) =>
    span({ traceId, id: (i + 1).toString(16), tags: { text: 'x'.repeat(500) } }),
  );
}

function traceIds(count: number): string[] {
  return Array.from({ length: count }, (_, i) => (i + 1).toString(16).padStart(16, '0'));
}

describe.runIf(canLimit)('a collector that may not write any more', () => {
  it('refuses spans with 503, still shows what it has, and goes on when there is room again', async () => {
    const db = join(await temporaryFolder(), 'traces.db');
    const running = viewer(['--port', '0', '--db', db]);
    const [, url = ''] = await running.waitFor(/open (http:\S+)/);
    const limitFiles = (bytes: number | 'unlimited') =>
      execFileSync('prlimit', [`--fsize=${bytes}:unlimited`, '--pid', String(running.child.pid)]);
    expect((await post({ url }, [span()])).status).toBe(202);

    limitFiles(400 * KILOBYTE);
    const accepted: string[] = [];
    let refused = { status: 202, text: '' };
    for (const id of traceIds(100)) {
      refused = await post({ url }, batch(id));
      if (refused.status !== 202) break;
      accepted.push(id);
    }
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('the spans could not be stored: the disk');
    expect(accepted.length).toBeGreaterThan(0);
    for (let i = 0; i < 20; i += 1) expect((await post({ url }, batch('ff'))).status).toBe(503);
    for (const id of accepted) {
      expect((await get({ url }, `/api/v2/trace/${id}`)).json, id).toHaveLength(50);
    }
    expect((await get({ url }, '/api/v2/trace/ff')).status).toBe(404);
    expect((await get({ url }, '/api/v2/services')).json).toEqual(['shop']);

    limitFiles('unlimited');
    expect((await post({ url }, batch('ff'))).status).toBe(202);
    expect((await get({ url }, '/api/v2/trace/ff')).json).toHaveLength(50);
    running.child.kill('SIGTERM');
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.stderr).toBe('');
  });
});

describe.runIf(canMount)('a full disk', () => {
  it('ends an import with one sentence, and what was imported before can be read and exported', async () => {
    const folder = await temporaryFolder();
    const file = join(folder, 'spans.json');
    await writeFile(file, JSON.stringify(traceIds(100).flatMap(batch)));
    const disk = join(folder, 'disk');
    await mkdir(disk);
    const script = `
      mount -t tmpfs -o size=1m none "$DISK"
      viewer() { "$NODE" "$VIEWER" "$@"; echo "status $?"; }
      viewer import "$FILE" --db "$DISK/traces.db" 2>&1
      viewer ls --limit 1 --db "$DISK/traces.db" 2>&1
      viewer export --output "$DISK/out.json" --db "$DISK/traces.db" 2>&1`;
    const { stdout } = spawnSync('unshare', ['-rm', 'sh', '-c', script], {
      encoding: 'utf8',
      env: { ...process.env, DISK: disk, FILE: file, NODE: process.execPath, VIEWER },
    });
    const db = join(disk, 'traces.db');
    const [imported, list, exported] = stdout.split(/^status /m);
    expect(imported).toMatch(
      /^opentracing-viewer: the disk of .* is full \([1-9]\d* spans up to there were imported\)\n$/,
    );
    expect(imported).toContain(db);
    expect(list).toMatch(/^1\nTRACE /);
    expect(list).not.toContain('opentracing-viewer:');
    expect(exported).toMatch(/^0\nopentracing-viewer: cannot write to .*: ENOSPC: .*\n$/);
    expect(stdout).toMatch(/status 1\n$/);
  });
});
