import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Collector } from './collector.js';
import { RUNTIMES } from './install.js';
import { type AreaReport, type Report, withoutModules } from './program/report.js';
import { buildPart, MissingModuleError, type Part, type Project } from './project.js';

/** The parts of miniflare that are used. */
interface Miniflare {
  dispatchFetch(url: string): Promise<{ text(): Promise<string> }>;
  dispose(): Promise<void>;
}

interface MiniflareClass {
  new (options: {
    modulesRoot: string;
    modules: { type: 'ESModule'; path: string; contents: string }[];
    compatibilityDate: string;
    compatibilityFlags: readonly string[];
    handleRuntimeStdio(stdout: NodeJS.ReadableStream, stderr: NodeJS.ReadableStream): void;
  }): Miniflare;
}

/** How a Worker is configured. */
export interface WorkersRuntime {
  readonly name: string;
  /** Its compatibility flags. */
  readonly flags: readonly string[];
  /** The modules of Node that these give it. */
  readonly modules: readonly string[];
  /** What it imports before all else. */
  readonly first?: string;
}

/** Workers as they are without any flag, and as most are configured. */
export const WORKERS_RUNTIMES: readonly WorkersRuntime[] = [
  { name: 'Workers', flags: [], modules: [] },
  { name: 'Workers with nodejs_compat', flags: ['nodejs_compat'], modules: ['node:*'] },
];

/** The smaller flag, which has `AsyncLocalStorage` and nothing else. */
export const WORKERS_WITH_ALS: WorkersRuntime = {
  name: 'Workers with nodejs_als',
  flags: ['nodejs_als'],
  modules: ['node:async_hooks'],
  first: './program/als.js',
};

const COMPATIBILITY_DATE = '2026-04-01';
const PARTS: readonly Part[] = ['core', 'effect', 'zone', 'instrumentation'];
const MAIN = `export default {
  async fetch(request) {
    const only = new URL(request.url).searchParams.get('only') ?? undefined;
    return Response.json(await report(areas, only));
  },
};`;

/** Runs the program in Workers, one for each part. */
export async function runInWorkers(
  runtime: WorkersRuntime,
  project: Project,
  collector: Collector,
): Promise<Report> {
  const reports: Record<string, AreaReport> = {};
  for (const part of PARTS) {
    Object.assign(reports, await runPart(part, runtime, project, collector));
  }
  return reports;
}

async function runPart(
  part: Part,
  runtime: WorkersRuntime,
  project: Project,
  collector: Collector,
): Promise<Report> {
  try {
    const contents = await buildPart(project, {
      part,
      place: { url: collector.url, name: runtime.name },
      main: MAIN,
      first: part === 'zone' ? 'zone.js' : runtime.first,
      build: {
        format: 'esm',
        platform: 'neutral',
        mainFields: ['module', 'main'],
        conditions: ['workerd', 'worker', 'browser'],
        external: [...runtime.modules],
        target: 'esnext',
      },
    });
    return await runWorker(part, runtime, contents);
  } catch (error) {
    if (error instanceof MissingModuleError) return withoutModules(error.message);
    throw error;
  }
}

async function runWorker(part: Part, { flags }: WorkersRuntime, contents: string): Promise<Report> {
  const { Miniflare } = createRequire(join(RUNTIMES, 'miniflare/package.json'))('miniflare') as {
    Miniflare: MiniflareClass;
  };
  const worker = new Miniflare({
    modulesRoot: '/',
    modules: [{ type: 'ESModule', path: '/worker.mjs', contents }],
    compatibilityDate: COMPATIBILITY_DATE,
    compatibilityFlags: flags,
    // It says that connections are lost to which no program waits any more.
    handleRuntimeStdio(stdout, stderr) {
      stdout.resume();
      stderr.resume();
    },
  });
  try {
    const first = await ask(worker, '');
    // What one request has left behind must not harm the next one.
    const second = part === 'core' ? await ask(worker, '?only=zipkin') : {};
    return { ...first, ...second };
  } finally {
    await worker.dispose();
  }
}

async function ask(worker: Miniflare, query: string): Promise<Report> {
  const response = await worker.dispatchFetch(`http://worker.test/${query}`);
  const answer = await response.text();
  if (!answer.startsWith('{')) {
    throw new Error(answer);
  }
  return JSON.parse(answer);
}
