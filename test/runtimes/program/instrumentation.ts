// What watches the built-ins of Node.
import { createServer, get } from 'node:http';
import type { AddressInfo } from 'node:net';
import { instrumentFetch } from 'opentracing-ts/instrumentation/fetch';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { type MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { type Area, ensure } from './report.js';

const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
const HEADERS = `${PLACE.url}/headers`;

/** The text of an answer. */
type Request = (url: string) => Promise<string>;

const byHttp: Request = (url) =>
  new Promise((resolve, reject) => {
    get(url, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(text)).on('error', reject);
    }).on('error', reject);
  });

const byFetch: Request = async (url) => (await fetch(url)).text();

/** Waits for the finished span with that tag: it finishes a little after the program is done. */
async function finished(kind: 'client' | 'server'): Promise<MockSpan> {
  for (let turn = 0; turn < 200; turn++) {
    const span = tracer.finishedSpans().find(({ tags }) => tags['span.kind'] === kind);
    if (span !== undefined) return span;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error(`There is no span of the ${kind}.`);
}

/** The span of a request is in the active one, and the server that is asked is told of it. */
async function checkClient(request: Request): Promise<void> {
  tracer.reset();
  const { text, caller } = await tracer.withActiveSpan('caller', async (span) => ({
    text: await request(HEADERS),
    caller: span.context(),
  }));
  const span = await finished('client');
  ensure(span.parentId === caller.toSpanId(), 'The span is not in the active one.');
  ensure(span.tags['http.status_code'] === 200, 'The span does not have the status.');
  const received = tracer.extract('http_headers', JSON.parse(text));
  ensure(received?.toSpanId() === span.context().toSpanId(), 'The server is told of another span.');
}

/** The span of a request is active in what its handler starts. */
async function checkServer(): Promise<void> {
  tracer.reset();
  const server = createServer((_request, response) => {
    setTimeout(() => {
      tracer.startSpan('handled').finish();
      response.end();
    }, 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    await byHttp(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const span = await finished('server');
    const handled = tracer.finishedSpans().find((other) => other.operationName === 'handled');
    ensure(handled?.parentId === span.context().toSpanId(), 'The span is not active.');
    ensure(span.tags['http.status_code'] === 200, 'The span does not have the status.');
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** Runs `check` while `install` is installed. */
function installed(install: typeof instrumentHttp, check: () => Promise<void>) {
  return async () => {
    const stop = install({ tracer });
    try {
      await check();
    } finally {
      stop();
    }
  };
}

const httpClient: Area = () => [
  {
    name: 'a request has a span in the active one, and the server that is asked is told of it',
    run: installed(instrumentHttp, () => checkClient(byHttp)),
  },
];

const httpServer: Area = () => {
  const { navigator } = globalThis as { navigator?: { userAgent: string } };
  if (navigator?.userAgent === 'Cloudflare-Workers') {
    // It names one, at which nobody answers, or another program does.
    throw new Error('A server of node:http opens no port in a Worker.');
  }
  return [
    {
      name: 'a request has a span, which is active in what its handler starts',
      run: installed(instrumentHttp, checkServer),
    },
  ];
};

const fetching: Area = () => [
  {
    name: 'a request has a span in the active one, and the server that is asked is told of it',
    run: installed(instrumentFetch, () => checkClient(byFetch)),
  },
];

export const areas = { httpClient, httpServer, fetch: fetching };
