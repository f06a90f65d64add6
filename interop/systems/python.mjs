import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { checkPython } from '../python-checks.mjs';
import { CACHE, retry } from '../support/cache.mjs';
import { requireTool, run, withServer } from '../support/programs.mjs';

const folder = fileURLToPath(new URL('../python', import.meta.url));

/** @type {import('../report.mjs').System} */
export const python = {
  name: 'Python',
  slow: false,
  async run(report) {
    await requireTool({
      file: 'python3',
      args: ['-c', 'import sys, venv, ensurepip; print(sys.version)'],
      version: /^(\d+)\.(\d+)/,
      atLeast: [3, 11],
      remedy: 'install Python 3.11 or later with its venv module to test with basictracer',
    });
    const interpreter = await install();
    const versions = 'from importlib.metadata import version as v; print(v("basictracer"))';
    report.version = `basictracer ${(await run(interpreter, ['-c', versions])).trim()}`;
    const peer = {
      file: interpreter,
      args: ['-u', `${folder}/peer.py`],
      ready: /serving (\S+)\n/,
    };
    await withServer(peer, async ([, url], { stdin, stdout }) => {
      const answers = createInterface({ input: stdout })[Symbol.asyncIterator]();
      await checkPython(report, {
        url: String(url),
        async order(order) {
          stdin.write(`${JSON.stringify(order)}\n`);
          const { value, done } = await answers.next();
          if (done) throw new Error('Python ended rather than answered');
          const answer = JSON.parse(value);
          if (answer.error !== undefined) throw new Error(`Python answers with ${answer.error}`);
          return answer;
        },
      });
    });
  },
};

/** The interpreter of an environment with the pinned packages. */
async function install() {
  const environment = `${CACHE}/python`;
  const interpreter = `${environment}/bin/python`;
  const requirements = `${folder}/requirements.txt`;
  await mkdir(CACHE, { recursive: true });
  if (!existsSync(interpreter)) await run('python3', ['-m', 'venv', environment]);
  // Quick where all is there already, and mends what was interrupted.
  await retry(() =>
    run(interpreter, [
      ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'],
      ...['--require-hashes', '--requirement', requirements],
    ]),
  );
  return interpreter;
}
