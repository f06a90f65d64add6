import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** Gives up when the signal says so, and cleans up then. */
function download(tracer: Tracer, url: string, signal: AbortSignal): Promise<string> {
  return tracer.withActiveSpan('download', async () => {
    signal.throwIfAborted();
    // The listener runs in the context of whoever aborts, so it is bound.
    const onAbort = tracer.scopeManager.bind(() => {
      tracer.activeSpan?.log({ event: 'cancelled' });
      tracer.withActiveSpan('clean up', () => {});
    });
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      // It rejects with the reason of the signal, which `withActiveSpan` logs on the span.
      const response = await fetch(url, { signal });
      return await response.text();
    } finally {
      // A signal may live as long as the program, and with it what listens to it.
      signal.removeEventListener('abort', onAbort);
    }
  });
}

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    if (request.url === '/answered') {
      response.end('the answer');
    }
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

describe.each(managers)('AbortSignal over $name:', ({ create }) => {
  test('what a cancelled operation does is its own, not of the span that cancels it', async () => {
    const tracer = new MockTracer(create());
    const controller = new AbortController();
    const reason = new Error('The program ends.');

    const arrived = once(server, 'request');
    const downloading = download(tracer, `${url}/never-answered`, controller.signal);
    await arrived;
    tracer.withActiveSpan('shutdown', () => controller.abort(reason));

    await expect(downloading).rejects.toBe(reason);
    expect(tracesOf(tracer)).toEqual(['download', '- clean up', 'shutdown']);
    const { tags, logs } = spanOf(tracer, 'download');
    expect(tags.error).toBe(true);
    expect(logs.map(({ fields }) => fields.event)).toEqual(['cancelled', 'error']);
  });

  test('a timeout, which nobody calls, is the same', async () => {
    const tracer = new MockTracer(create());

    const downloading = download(tracer, `${url}/never-answered`, AbortSignal.timeout(5));

    await expect(downloading).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(tracesOf(tracer)).toEqual(['download', '- clean up']);
    expect(spanOf(tracer, 'download').tags.error).toBe(true);
  });

  test('an operation that begins when it is cancelled already has nothing to clean up', async () => {
    const tracer = new MockTracer(create());

    const downloading = download(tracer, `${url}/answered`, AbortSignal.abort());

    await expect(downloading).rejects.toMatchObject({ name: 'AbortError' });
    expect(tracesOf(tracer)).toEqual(['download']);
    expect(spanOf(tracer, 'download').tags.error).toBe(true);
  });

  test('a signal that comes too late changes nothing', async () => {
    const tracer = new MockTracer(create());
    const controller = new AbortController();

    const answer = await download(tracer, `${url}/answered`, controller.signal);
    controller.abort();

    expect(answer).toBe('the answer');
    expect(tracesOf(tracer)).toEqual(['download']);
    expect(spanOf(tracer, 'download').tags).toEqual({});
  });
});
