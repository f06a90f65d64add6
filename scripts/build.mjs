// Builds every workspace in the order in which they need each other, and says what it is doing.
import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const workspaces = ['packages/opentracing', 'packages/compat', 'packages/viewer', 'examples/shop'];

for (const workspace of workspaces) {
  process.stdout.write(`building ${workspace} ... `);
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(
    'npm',
    ['run', 'build', '--silent', '--workspace', workspace],
    { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' },
  );
  if (status !== 0) {
    process.stdout.write(`failed\n${stdout}${stderr}`);
    process.exit(1);
  }
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1)} s\n`);
}
