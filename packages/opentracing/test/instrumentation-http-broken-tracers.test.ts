import http from 'node:http';
import { text } from 'node:stream/consumers';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { type MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { listen } from './instrumentation-helpers.js';

function fail(): never {
  throw new Error('broken');
}

function withScopes(name: string, get: () => unknown): MockTracer {
  const scopeManager = new AsyncLocalStorageScopeManager();
  return new MockTracer(Object.defineProperty(scopeManager, name, { get }));
}

function withSpans(part: object): MockTracer {
  const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
  const { startSpan } = tracer;
  tracer.startSpan = (...args) => Object.assign(startSpan.apply(tracer, args), part) as MockSpan;
  return tracer;
}

function withMethods(part: object): MockTracer {
  return Object.assign(new MockTracer(new AsyncLocalStorageScopeManager()), part);
}

/** What the program sees of one request, on both sides. */
async function exchange(): Promise<unknown[]> {
  const seen: unknown[] = [];
  const port = await listen(
    http.createServer(async (request, response) => {
      response.on('finish', () => seen.push('finish'));
      seen.push(await text(request));
      response.end('3 items');
    }),
  );
  const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false });
  request.end('basket');
  const response = await new Promise<http.IncomingMessage>((resolve, reject) => {
    request.on('response', resolve).on('error', reject);
  });
  seen.push(await text(response), response.statusCode);
  return seen;
}

describe('a tracer that is broken', () => {
  it.each<[string, MockTracer]>([
    ['cannot extract', withMethods({ extract: fail })],
    ['cannot inject', withMethods({ inject: fail })],
    ['starts no spans', withMethods({ startSpan: fail })],
    ['has spans without tags', withSpans({ setTag: fail, addTags: fail })],
    ['has spans without logs', withSpans({ log: fail, logError: fail })],
    ['has spans that cannot finish', withSpans({ finish: fail })],
    ['cannot bind', withScopes('bind', () => fail)],
    ['binds to nothing', withScopes('bind', () => () => undefined)],
    ['makes nothing active', withScopes('withActive', () => fail)],
    ['knows nothing that is active', withScopes('active', fail)],
  ])('changes nothing for the program: one that %s', async (_, tracer) => {
    const expected = (await exchange()).sort();
    const onError = vi.fn();
    onTestFinished(
      instrumentHttp({ tracer, onError, servers: { captureRequestHeaders: ['host'] } }),
    );
    expect((await exchange()).sort()).toEqual(expected);
  });

  it('finishes the span of a request whose headers it could not record', async () => {
    const tracer = withSpans({
      setTag(this: MockSpan, key: string) {
        return key.includes('.header.') ? fail() : this;
      },
    });
    const onError = vi.fn();
    onTestFinished(
      instrumentHttp({
        tracer,
        onError,
        clients: false,
        servers: { captureRequestHeaders: ['host'] },
      }),
    );
    await exchange();
    await vi.waitUntil(() => tracer.finishedSpans().length === 1);
    expect(onError.mock.calls.map(([error]) => error.message)).toEqual(['broken']);
  });
});
