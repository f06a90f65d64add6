import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingChromium } from '../support/chromium.js';
import { runInChromium } from './chromium.js';
import { type Collector, startCollector } from './collector.js';
import { installRuntimes, missingRuntimes } from './install.js';
import { page } from './page.js';
import { PROCESS_RUNTIMES, runInProcesses } from './processes.js';
import type { Report } from './program/report.js';
import { createProject, type Project } from './project.js';
import { runInWorkers, WORKERS_RUNTIMES, WORKERS_WITH_ALS } from './workers.js';

const PAGE = fileURLToPath(new URL('../../docs/runtimes.md', import.meta.url));
const RENEW = 'if that is right, write it down by `npm run test:runtimes -- -u`';

if (missingRuntimes !== '') {
  console.warn(`The tests on other runtimes are skipped: ${missingRuntimes}`);
}

let project: Project;
let collector: Collector;

beforeAll(async () => {
  if (missingRuntimes === '') await installRuntimes();
  project = await createProject();
  collector = await startCollector();
}, 900_000);

afterAll(async () => {
  collector?.close();
  await project?.remove();
});

const runs: {
  name: string;
  isMissing: boolean;
  run: () => Promise<Report>;
}[] = [
  ...PROCESS_RUNTIMES.map((runtime) => ({
    name: runtime.name,
    isMissing: missingRuntimes !== '',
    run: () => runInProcesses(runtime, project, collector),
  })),
  ...WORKERS_RUNTIMES.map((runtime) => ({
    name: runtime.name,
    isMissing: missingRuntimes !== '',
    run: () => runInWorkers(runtime, project, collector),
  })),
  {
    name: 'Chromium',
    isMissing: missingChromium !== '',
    run: () => runInChromium(project, collector),
  },
];

function resultFile(name: string): string {
  const file = `${name.toLowerCase().replaceAll(' ', '-')}.json`;
  return fileURLToPath(new URL(`results/${file}`, import.meta.url));
}

describe('every check has the result that docs/runtimes.md tells', () => {
  const reports = new Map<string, Report>();
  /** As it is now, or as it was where the runtime is missing. */
  const reportOf = (name: string) => reports.get(name) ?? committed(name);

  for (const { name, isMissing, run } of runs) {
    test.skipIf(isMissing)(`on ${name}`, { timeout: 180_000 }, async () => {
      const report = await run();
      reports.set(name, report);
      const text = `${JSON.stringify(report, null, 2)}\n`;
      await expect(text, `${name} has other results; ${RENEW}`).toMatchFileSnapshot(
        resultFile(name),
      );
    });
  }

  test.skipIf(missingRuntimes !== '')(
    'on Workers with nodejs_als too, which are those with nodejs_compat but for the modules of Node',
    { timeout: 180_000 },
    async () => {
      const report = await runInWorkers(WORKERS_WITH_ALS, project, collector);
      expect(report).toMatchObject(withoutNode(reportOf('Workers with nodejs_compat')));
    },
  );

  test('and the page is made of them', async () => {
    const columns = runs.map(({ name }) => ({ name, report: reportOf(name) }));
    await expect(page(columns), `The page is another one; ${RENEW}`).toMatchFileSnapshot(PAGE);
  });
});

function committed(name: string): Report {
  return JSON.parse(readFileSync(resultFile(name), 'utf8'));
}

function withoutNode({ httpClient, httpServer, fetch, spool, ...rest }: Report): Report {
  return rest;
}
