import { join } from 'node:path';
import { type Ended, run } from '../support/run.js';
import type { Collector, ReceivedSpan } from './collector.js';
import { RUNTIMES } from './install.js';
import type { AreaReport, Report } from './program/report.js';
import { type Part, type Project, writePart } from './project.js';

/** A runtime that runs a file in a process of its own. */
export interface ProcessRuntime {
  readonly name: string;
  /** The program and its first arguments. */
  readonly command: readonly [string, ...string[]];
  /** The arguments that load `register` before an ES module, and before a CommonJS one. */
  readonly register: { readonly esm: readonly string[]; readonly cjs: readonly string[] };
  /** What the program is compiled for: `esnext` has `using`. */
  readonly target: 'es2022' | 'esnext';
}

const REGISTER = 'opentracing-ts/register';

function node(line: number, target: ProcessRuntime['target']): ProcessRuntime {
  return {
    name: `Node ${line}`,
    command: [join(RUNTIMES, `node-${line}/bin/node`)],
    register: { esm: ['--import', REGISTER], cjs: ['--require', REGISTER] },
    target,
  };
}

/** The runtimes of servers. */
export const PROCESS_RUNTIMES: readonly ProcessRuntime[] = [
  node(20, 'es2022'),
  node(22, 'es2022'),
  node(24, 'esnext'),
  node(26, 'esnext'),
  {
    name: 'Bun',
    command: [join(RUNTIMES, 'bun/bin/bun')],
    register: { esm: ['--preload', REGISTER], cjs: ['--require', REGISTER] },
    target: 'esnext',
  },
  {
    name: 'Deno',
    command: [join(RUNTIMES, 'deno/deno'), 'run', '--allow-all', '--no-prompt'],
    register: { esm: ['--preload', `npm:${REGISTER}`], cjs: ['--require', `npm:${REGISTER}`] },
    target: 'esnext',
  },
];

const PARTS: readonly Part[] = ['core', 'effect', 'zone', 'instrumentation'];
const MAIN = 'report(areas).then((reports) => console.log(JSON.stringify(reports)));';

/** Runs the program as ES modules and as CommonJS. */
export async function runInProcesses(
  runtime: ProcessRuntime,
  project: Project,
  collector: Collector,
): Promise<Report> {
  const [esm, cjs] = await Promise.all([
    runAs('esm', runtime, project, collector),
    runAs('cjs', runtime, project, collector),
  ]);
  return { ...esm, commonjs: compared(esm, cjs) };
}

async function runAs(
  format: 'esm' | 'cjs',
  runtime: ProcessRuntime,
  project: Project,
  collector: Collector,
): Promise<Report> {
  const place = { url: collector.url, name: `${runtime.name} ${format}` };
  const write = (part: Part) =>
    writePart(project, `${place.name}/${part}.${format === 'esm' ? 'mjs' : 'cjs'}`, {
      part,
      place,
      main: MAIN,
      first: part === 'zone' ? 'zone.js/node' : undefined,
      build: { format, platform: 'node', packages: 'external', target: runtime.target },
    });
  const start = (args: readonly string[]) =>
    run(runtime.command[0], [...runtime.command.slice(1), ...args], {
      cwd: project.folder,
      env: {
        // What this test runner sets is none of theirs.
        NODE_OPTIONS: '',
        OPENTRACING_SERVICE_NAME: place.name,
        OPENTRACING_ZIPKIN_URL: `${collector.url}/api/v2/spans`,
      },
    });
  const reports: Record<string, AreaReport> = {};
  for (const part of PARTS) {
    Object.assign(reports, reportOf(part, await start([await write(part)])));
  }
  const ended = await start([...runtime.register[format], await write('registered')]);
  return { ...reports, register: registered(ended, collector, place.name) };
}

function reportOf(part: Part, { code, stdout, stderr }: Ended): Report {
  const line = stdout.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !line.startsWith('{')) {
    throw new Error(`The part ${part} ended with ${code}:\n${stdout}${stderr}`);
  }
  return JSON.parse(line);
}

/** Which spans of a program that was started with `register` have come. */
function registered(ended: Ended, { received }: Collector, service: string): AreaReport {
  const spans = received.filter(({ localEndpoint }) => localEndpoint.serviceName === service);
  const kinds = (kind: string) => spans.filter((span) => span.kind === kind).length;
  const checks: Record<string, boolean> = {
    'the program runs as it would without': ended.code === 0 && ended.stderr === '',
    'the requests that it answers have spans': kinds('SERVER') === 2,
    'its requests by node:http have spans': spans.some(isClientOf('http')),
    'its requests by fetch have spans': spans.some(isClientOf('fetch')),
    'what waits when it ends is sent': spans.some(({ name }) => name === 'left for the end'),
  };
  const failed = Object.entries(checks).filter(([, holds]) => !holds);
  return {
    passed: Object.keys(checks).length - failed.length,
    failed: Object.fromEntries(failed.map(([name]) => [name, ended.stderr.trim()])),
  };
}

function isClientOf(component: string) {
  return ({ kind, tags }: ReceivedSpan) => kind === 'CLIENT' && tags?.component === component;
}

/** What a program that asks by `require` has of all that one has that asks by `import`. */
function compared(esm: Report, cjs: Report): AreaReport {
  const failed: Record<string, string> = {};
  let passed = 0;
  for (const [area, expected] of Object.entries(esm)) {
    const found = cjs[area];
    passed += found?.passed ?? 0;
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      failed[area] = JSON.stringify(found);
    }
  }
  return { passed, failed };
}
