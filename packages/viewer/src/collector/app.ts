import { Hono } from 'hono';
import { BadRequestError, messageOf, TooLargeError } from '../errors.js';
import { normalizeTraceId } from '../model/ids.js';
import type { Span } from '../model/span.js';
import type { Added, SpanStore } from '../store/store.js';
import { answerDependencies } from './dependencies.js';
import { createDiagnosis } from './diagnosis.js';
import { allowPosts, guard, securityHeaders } from './guard.js';
import { keepSpans } from './keep-spans.js';
import { CollectorMetrics } from './metrics.js';
import { createOtlp } from './otlp.js';
import { servePage } from './page.js';
import {
  parseDependencyQuery,
  parseKey,
  parseServiceName,
  parseTraceIds,
  parseTraceQuery,
} from './params.js';
import { createStatus } from './status.js';
import { answerTail, type Tail } from './tail.js';
import { linksInTurns, Turns } from './turns.js';
import { readSpans } from './zipkin-spans.js';

/** What the HTTP side of the collector needs. */
export interface AppOptions {
  store: SpanStore;
  /** Of the same store. */
  tail: Tail;
  /** The host that the server listens on. */
  host: string;
  /** The tags whose values are answered. */
  autocompleteKeys: readonly string[];
  /** Called with what each accepted request added. */
  onAdded(added: Added): void;
}

/** The routes: Zipkin's API version 2 at `/api/v2` and `/zipkin/api/v2`, and the web page. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono();
  app.use(securityHeaders, guard(options.host));
  app.onError((error, c) => {
    if (error instanceof BadRequestError) return c.text(error.message, error.status);
    if (error instanceof TooLargeError) return c.text(error.message, 400);
    return c.text(`the collector failed: ${messageOf(error)}`, 500);
  });

  const metrics = new CollectorMetrics();
  const api = createApi(options, metrics);
  app.route('/api/v2', api);
  app.route('/zipkin/api/v2', api);
  app.route('/api/diagnosis', createDiagnosis(options));
  app.get('/api/dependencies', answerDependencies(options.store));
  app.get('/api/tail', answerTail(options.tail));
  app.route('/v1', createOtlp(options, metrics));
  const status = createStatus(options.store, metrics);
  app.route('/', status);
  app.route('/zipkin', status);
  // Links to Zipkin's own page, which other tools print.
  app.get('/zipkin/traces/:id', (c) => {
    return c.redirect(`/traces/${encodeURIComponent(c.req.param('id'))}`);
  });
  app.on('GET', ['/zipkin', '/zipkin/'], (c) => c.redirect('/'));
  for (const path of ['/api/*', '/zipkin/api/*']) app.all(path, (c) => c.notFound());
  app.get('*', servePage);
  app.notFound((c) => c.text(`${c.req.method} ${c.req.path} not found`, 404));
  return app;
}

function createApi(options: AppOptions, metrics: CollectorMetrics): Hono {
  const { store, onAdded, autocompleteKeys } = options;
  const api = new Hono();
  api.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });

  api.use('/spans', allowPosts);
  api.post('/spans', async (c) => {
    const spans = await readSpans(c.req.raw, metrics);
    try {
      onAdded(keepSpans(store, c.req.raw, spans));
    } catch (error) {
      metrics.dropped(spans.length);
      // Not the sender's fault, and worth trying again: a full disk, a locked file.
      return c.text(`the spans could not be stored: ${messageOf(error)}`, 503);
    }
    return c.body(null, 202);
  });

  api.get('/services', (c) => c.json(store.services()));
  api.get('/spans', (c) => c.json(store.spanNames(parseServiceName((name) => c.req.query(name)))));
  api.get('/remoteServices', (c) =>
    c.json(store.remoteServices(parseServiceName((name) => c.req.query(name)))),
  );
  api.get('/traces', (c) => {
    const query = parseTraceQuery((name) => c.req.query(name), Date.now());
    return streamList(store.search(query));
  });
  api.get('/trace/:id', (c) => {
    const id = normalizeTraceId(c.req.param('id').trim(), 'the trace id');
    const trace = store.trace(id);
    return trace === undefined ? c.text(`${id} not found`, 404) : c.json(trace);
  });
  api.get('/traceMany', (c) => {
    const ids = parseTraceIds((name) => c.req.query(name));
    return streamList(tracesOf(store, ids));
  });
  api.get('/autocompleteKeys', (c) => c.json(autocompleteKeys));
  api.get('/autocompleteValues', (c) => {
    const key = parseKey((name) => c.req.query(name));
    return c.json(autocompleteKeys.includes(key) ? store.tagValues(key) : []);
  });
  api.get('/dependencies', async (c) => {
    const query = parseDependencyQuery((name) => c.req.query(name));
    return c.json(await linksInTurns(store.searchWhole(query)));
  });
  return api;
}

function* tracesOf(store: SpanStore, ids: readonly string[]): Generator<Span[]> {
  for (const id of ids) {
    const trace = store.trace(id);
    if (trace !== undefined) yield trace;
  }
}

/** A JSON list that is written trace by trace, so that only one is in memory. */
function streamList(traces: Iterator<Span[]>): Response {
  const encoder = new TextEncoder();
  // Whatever is wrong with the file shows before the status is sent.
  let first: IteratorResult<Span[]> | undefined = traces.next();
  const turns = new Turns();
  let before = '[';
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        await turns.pass();
        const { value, done } = first ?? traces.next();
        first = undefined;
        if (done) {
          controller.enqueue(encoder.encode(before === '[' ? '[]' : ']'));
          controller.close();
        } else {
          controller.enqueue(encoder.encode(before + JSON.stringify(value)));
          before = ',';
        }
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { headers: { 'Content-Type': 'application/json' } });
}
