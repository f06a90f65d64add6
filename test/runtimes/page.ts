import { readFileSync } from 'node:fs';
import type { AreaReport, Report } from './program/report.js';

/** A runtime and how the program did there. */
export interface Column {
  readonly name: string;
  readonly report: Report;
}

/** The rows of the table, by the names of the areas. */
const ROWS: Readonly<Record<string, string>> = {
  api: 'the API, its no-op tracer, the global tracer',
  using: '`using` of scopes and spans',
  threadLocal: '`ThreadLocalScopeManager`',
  asyncLocalStorage: '`AsyncLocalStorageScopeManager`',
  generator: '`GeneratorScopeManager`, with its own `run` and with co',
  zone: '`ZoneScopeManager`, in code compiled to ES2016',
  effect: '`EffectScopeManager`',
  propagation: 'propagation: every format in every carrier',
  zipkin: '`createZipkinTracer` to a collector, and a request by hand',
  otlp: '`createOtlpTracer` to a collector, in protobuf and in JSON',
  spool: 'a spool on the disk, and the next process that sends it',
  httpClient: '`instrumentation/http`: requests made',
  httpServer: '`instrumentation/http`: requests answered',
  fetch: '`instrumentation/fetch`',
  register: '`register`',
  commonjs: 'all of it by `require`',
};

const BUN = 'Bun';
const DENO = 'Deno';
const WORKERS = 'Workers';
const COMPAT = 'Workers with nodejs_compat';
const CHROMIUM = 'Chromium';

/** Why something is not as it is on Node. */
interface Note {
  readonly areas: readonly string[];
  readonly runtimes: readonly string[];
  /** Whether all that there is to check holds: there is less of it. */
  readonly ofWhole?: true;
  readonly note: (report: AreaReport | undefined) => string;
}

const NOTES: readonly Note[] = [
  {
    areas: ['asyncLocalStorage'],
    runtimes: [WORKERS, CHROMIUM],
    note: (report) => `The constructor says: “${report?.unavailable}”`,
  },
  {
    areas: ['asyncLocalStorage', 'effect'],
    runtimes: [COMPAT],
    note: () =>
      'Workers refuse to enter a context (`AsyncLocalStorage.enterWith`), so `activate` and ' +
      '`startActiveSpan` throw there. In code that a fiber of Effect itself runs they do not; but what ' +
      'they make active is not active behind an `await` in it, nor in what it schedules. `withActive`, ' +
      '`withActiveSpan` and `bind` do all that they do elsewhere.',
  },
  {
    areas: ['effect'],
    runtimes: [WORKERS, CHROMIUM],
    ofWhole: true,
    note: () =>
      'What is active is known in the code of fibers alone: without `AsyncLocalStorage` nothing is ' +
      'active behind an `await` in `Effect.promise`, and those rules are left out.',
  },
  {
    areas: ['spool'],
    runtimes: [WORKERS, CHROMIUM],
    note: () => 'There are no files: `spool` is refused with a `SpoolError`.',
  },
  {
    areas: ['spool'],
    runtimes: [COMPAT],
    ofWhole: true,
    note: () => 'Its files are in memory, so they keep nothing for a Worker that is started anew.',
  },
  {
    areas: ['httpServer'],
    runtimes: [BUN],
    note: () =>
      'Bun does not publish `http.server.request.start`, the event of `node:diagnostics_channel` ' +
      'from which the span begins.',
  },
  {
    areas: ['register'],
    runtimes: [BUN],
    note: () =>
      'It is loaded by `bun --preload opentracing-ts/register`, and sends what waits when the program ' +
      'ends; it traces the requests that the rows above say.',
  },
  {
    areas: ['register'],
    runtimes: [DENO],
    ofWhole: true,
    note: () => 'It is loaded by `deno run --preload npm:opentracing-ts/register`.',
  },
  {
    areas: ['httpClient', 'httpServer', 'fetch'],
    runtimes: [WORKERS, CHROMIUM],
    note: () => 'There are no modules of Node to watch; see [Requests by hand](#requests-by-hand).',
  },
  {
    areas: ['httpClient', 'httpServer', 'fetch'],
    runtimes: [COMPAT],
    note: () =>
      'The modules of Node are there and load, but they announce no request, and a server of ' +
      '`node:http` opens no port; see [Requests by hand](#requests-by-hand).',
  },
  {
    areas: ['register', 'commonjs'],
    runtimes: [WORKERS, COMPAT, CHROMIUM],
    note: () => 'Programs come as one bundle of ES modules, and there is no command line.',
  },
];

/**
 * The page of what works where.
 *
 * @throws Error for a cell that is not whole and has no note, and for one that is and has
 */
export function page(columns: readonly Column[]): string {
  const used: number[] = [];
  const rows = Object.entries(ROWS).map(([area, title]) => {
    const cells = columns.map(({ name, report }) => {
      const index = NOTES.findIndex(
        ({ areas, runtimes }) => areas.includes(area) && runtimes.includes(name),
      );
      if (index !== -1 && !used.includes(index)) used.push(index);
      const mark = index === -1 ? '' : ` [${used.indexOf(index) + 1}]`;
      return `${cell(area, name, report[area], NOTES[index])}${mark}`;
    });
    return `| ${[title, ...cells].join(' | ')} |`;
  });
  const notes = used.map((index, position) => {
    const { areas, runtimes, note } = NOTES[index] as Note;
    const first = columns.find(({ name }) => runtimes.includes(name));
    return `${position + 1}. ${note(first?.report[areas[0] as string])}`;
  });
  const heads = columns.map(({ name }) => name.replace(/with (\w+)$/, 'with `$1`'));
  return TEXT.replace(
    '{table}',
    [
      `| | ${heads.join(' | ')} |`,
      `|---|${columns.map(() => '---|').join('')}`,
      `| version | ${columns.map(({ name }) => version(name)).join(' | ')} |`,
      ...rows,
    ].join('\n'),
  ).replace('{notes}', notes.join('\n'));
}

function cell(area: string, runtime: string, report: AreaReport | undefined, note?: Note): string {
  const failed = Object.keys(report?.failed ?? {}).length;
  const isWhole = report !== undefined && report.unavailable === undefined && failed === 0;
  const isExpected = note === undefined || note.ofWhole === true;
  if (isWhole !== isExpected) {
    throw new Error(
      `On ${runtime}, ${isWhole ? 'all' : 'not all'} of '${area}' holds now: ` +
        `${JSON.stringify(report)}. Mend it, or change NOTES in test/runtimes/page.ts.`,
    );
  }
  if (isWhole) {
    return area === 'commonjs' ? '✓' : `✓ ${report.passed}`;
  }
  return report === undefined || report.passed === 0
    ? '–'
    : `${report.passed} of ${report.passed + failed}`;
}

/** What the lock file says that a runtime is; Chromium is whichever the machine has. */
function version(runtime: string): string {
  const { packages } = JSON.parse(
    readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'),
  ) as { packages: Record<string, { version: string }> };
  const name = runtime.startsWith(WORKERS) ? 'workerd' : runtime.toLowerCase().replace(' ', '-');
  return packages[`node_modules/${name}`]?.version ?? "Debian's";
}

const TEXT = readFileSync(new URL('page.md', import.meta.url), 'utf8');
