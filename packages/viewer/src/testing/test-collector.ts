import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { queryOf } from '../cli/filter.js';
import { startCollector } from '../collector/start.js';
import { BadRequestError, ViewerError } from '../errors.js';
import type { Span } from '../model/span.js';
import { SpanStore } from '../store/store.js';
import { Arrivals } from './arrivals.js';
import { outcomeOf } from './outcome.js';

/** How often the file is looked at while a test waits, in milliseconds. */
const POLL = 20;
/** How long the trace of a failed test is waited for, in milliseconds. */
const LINK_TIMEOUT = 2_000;
/** The links of one test. */
const MOST_LINKS = 5;
/** Less than the five seconds that Vitest and Jest give a test, so that it ends with what was missing. */
const DEFAULT_TIMEOUT = 4_000;

/** What `startTestCollector` may be told. */
export interface TestCollectorOptions {
  /**
   * The SQLite file, which is kept. Default: a temporary one, which is removed by `close` unless the trace
   * of a failed test is in it.
   */
  db?: string;
}

/** Which traces to wait for. */
export interface TracesOptions {
  /** Terms as the page takes them: `service=shop error http.status_code=500`. Default: any trace. */
  search?: string;
  /** What the spans of a trace must be like, which come in pieces. Default: anything. */
  where?: (spans: readonly Span[]) => boolean;
  /** How many traces there have to be. Default 1. */
  atLeast?: number;
  /** How long to wait, in milliseconds. Default 4,000. */
  timeoutMs?: number;
}

const OPTIONS: Readonly<Record<keyof TracesOptions, true>> = {
  search: true,
  where: true,
  atLeast: true,
  timeoutMs: true,
};

/** A mistyped name would make any trace do. */
function checkOptions(options: unknown): void {
  const isObject = typeof options === 'object' && options !== null;
  const wrong = isObject ? Object.keys(options).find((name) => !Object.hasOwn(OPTIONS, name)) : '';
  if (wrong === undefined) return;
  throw new BadRequestError(
    `traces takes an object with ${Object.keys(OPTIONS).join(', ')}, such as { search: 'service=shop' }${
      isObject ? `, and no ${wrong}` : `, and not ${JSON.stringify(options)}`
    }`,
  );
}

/** A collector inside a test run. */
export interface TestCollector {
  /** Address of the page and the API, on a free port of 127.0.0.1, without a slash at its end. */
  readonly url: string;
  /** Where a Zipkin tracer sends spans to: the `url` of `createZipkinTracer`. */
  readonly spansUrl: string;
  /** Absolute path of the SQLite file. */
  readonly db: string;
  /**
   * Waits until traces are there that came since the collector was started.
   * @returns all that match, each with its merged spans, the one that began first before the others
   * @throws ViewerError when they are not there in time
   * @throws BadRequestError when the search cannot be read, or there is no option of a name
   */
  traces(options?: TracesOptions): Promise<Span[][]>;
  /**
   * Makes the function for the `afterEach` of Vitest, `node:test` or Jest: when a test failed, it prints
   * where the traces that came during the test can be seen, now and after the run. It tells tests apart that
   * run one after the other.
   * @param tracer has its spans sent before the links are made, unless the program does so by itself
   */
  linkFailures(tracer?: { flush(): unknown }): (...context: unknown[]) => Promise<void>;
  /** Ends the collector. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts a collector for tests, on a free port.
 *
 * @example
 * ```js
 * import assert from 'node:assert/strict';
 * import { after, afterEach, test } from 'node:test';
 * import { createZipkinTracer } from 'opentracing-ts/zipkin';
 * import { startTestCollector } from 'opentracing-viewer/testing';
 *
 * const collector = await startTestCollector();
 * const tracer = createZipkinTracer({ serviceName: 'shop', url: collector.spansUrl });
 *
 * afterEach(collector.linkFailures(tracer));
 * after(() => collector.close());
 *
 * test('an order is one trace', async () => {
 *   tracer.withActiveSpan('order', () => tracer.startSpan('pay').finish());
 *   await tracer.flush();
 *   const [order] = await collector.traces({ search: 'service=shop name=order' });
 *   assert.equal(order.length, 2);
 * });
 * ```
 *
 * @throws ViewerError with one sentence when the file cannot be used
 */
export async function startTestCollector(
  options: TestCollectorOptions = {},
): Promise<TestCollector> {
  const db =
    options.db ?? join(await mkdtemp(join(tmpdir(), 'opentracing-viewer-tests-')), 'traces.db');
  const collector = await startCollector({ port: 0, db });
  const store = new SpanStore(db);
  const all = new Arrivals(store);
  const ofTest = new Arrivals(store);
  let hasLinks = false;
  let closing: Promise<void> | undefined;

  const close = async () => {
    store.close();
    await collector.close();
    if (options.db === undefined && !hasLinks) await rm(dirname(db), { recursive: true });
  };

  return {
    url: collector.url,
    spansUrl: `${collector.url}/api/v2/spans`,
    db: collector.db,

    async traces(options = {}) {
      checkOptions(options);
      const { search = '', where = () => true, atLeast = 1, timeoutMs } = options;
      const query = queryOf({ query: search }, Number.MAX_SAFE_INTEGER);
      const timeout = timeoutMs ?? DEFAULT_TIMEOUT;
      const deadline = performance.now() + timeout;
      all.look();
      for (;;) {
        const found: Span[][] = [];
        for (const spans of store.search(query)) {
          if (all.traceIds.has(spans[0]?.traceId ?? '') && where(spans)) found.push(spans);
        }
        if (found.length >= atLeast) return found.reverse();
        do {
          if (performance.now() > deadline) {
            const asked = search === '' ? '' : ` for "${search}"`;
            throw new ViewerError(
              `${found.length} instead of ${atLeast} traces were there${asked} after ${timeout} ms, of ${all.traceIds.size} that came`,
            );
          }
          await sleep(POLL);
        } while (!all.look().changed);
      }
    },

    linkFailures(tracer) {
      return async (...context) => {
        const outcome = outcomeOf(context[0]);
        if (outcome === undefined) {
          throw new ViewerError(
            'linkFailures is for the afterEach of Vitest, node:test and Jest: others do not say whether a test failed',
          );
        }
        await tracer?.flush();
        const traceIds = ofTest.look().added;
        if (!outcome.failed) return;
        const deadline = performance.now() + LINK_TIMEOUT;
        // What the tracer has sent is there already; a program of its own may still be sending.
        while (tracer === undefined && traceIds.length === 0 && performance.now() < deadline) {
          await sleep(POLL);
          traceIds.push(...ofTest.look().added);
        }
        if (traceIds.length === 0) return;
        hasLinks = true;
        console.error(linksOf(outcome.name, traceIds, collector));
      };
    },

    close() {
      closing ??= close();
      return closing;
    },
  };
}

function linksOf(
  name: string,
  traceIds: readonly string[],
  { url, port, db }: { url: string; port: number; db: string },
): string {
  const links = traceIds.slice(0, MOST_LINKS).map((id) => `  ${url}/traces/${id}`);
  const more = traceIds.length - links.length;
  return [
    `The trace of "${name}", which failed:`,
    ...links,
    ...(more > 0 ? [`  and ${more} more`] : []),
    `After the run: npx opentracing-viewer --port ${port} --db ${db}`,
  ].join('\n');
}
