import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { globalTracer, Tags } from 'opentracing-ts';
import { BasicTracer, ExportError, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { encodeZipkinJson, httpTransport } from 'opentracing-ts/exporters';
import { createZipkinTracer, type ZipkinTracerOptions } from 'opentracing-ts/zipkin';
import { afterEach, describe, expect, it, vi } from 'vitest';

type ZipkinSpan = Record<string, unknown> & { tags?: Record<string, string> };

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

/** A collector on the loopback that answers as it is told. */
async function collector(answer: (response: ServerResponse, count: number) => void = accept) {
  const received: { path: string; headers: IncomingHttpHeaders; spans: ZipkinSpan[] }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      received.push({
        path: request.url ?? '',
        headers: request.headers,
        spans: JSON.parse(Buffer.concat(chunks).toString('utf8')),
      });
      answer(response, received.length);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/v2/spans`;
  let connections = 0;
  server.on('connection', () => connections++);
  return {
    url,
    received,
    spans: () => received.flatMap((request) => request.spans),
    connections: () => connections,
  };
}

function accept(response: ServerResponse) {
  response.writeHead(202).end();
}

function zipkin(options: Partial<ZipkinTracerOptions>) {
  const errors: Error[] = [];
  const tracer = createZipkinTracer({
    serviceName: 'orders',
    flushIntervalMs: 1,
    onError: (error) => errors.push(error),
    ...options,
  });
  closing.push(() => tracer.close());
  return { tracer, errors };
}

describe('createZipkinTracer', () => {
  it('has the counts of its spans, and of those in its spool', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'spool-'));
    closing.push(() => rm(dir, { recursive: true }));
    const away = async () => {
      throw new ExportError('away', { retryable: true });
    };
    const { tracer } = zipkin({ transport: away, spool: { dir } });
    tracer.startSpan('work').finish();
    await tracer.flush();
    expect(tracer.recorder.stats).toMatchObject({ recorded: 1, spooled: 1, dropped: 0 });
    expect(tracer.recorder.exporter.spoolStats).toMatchObject({ stored: 1, waiting: 1 });
    expect(zipkin({}).tracer.recorder.exporter.spoolStats).toBeNull();
  });

  it('sends the spans of asynchronous code to the collector, nested as they ran', async () => {
    const { url, received, spans } = await collector();
    const { tracer } = zipkin({ url });
    await tracer.withActiveSpan('outer', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      tracer.withActiveSpan('inner', () => {});
    });
    await tracer.flush();

    const [inner, outer] = spans() as [ZipkinSpan, ZipkinSpan];
    expect(inner).toMatchObject({ name: 'inner', traceId: outer.traceId, parentId: outer.id });
    expect(outer).toMatchObject({ name: 'outer', localEndpoint: { serviceName: 'orders' } });
    expect(outer).not.toHaveProperty('parentId');
    expect(received[0]).toMatchObject({
      path: '/api/v2/spans',
      headers: { 'content-type': 'application/json', b3: '0' },
    });
  });

  it('propagates B3 in several headers', () => {
    const { tracer } = zipkin({ url: 'http://127.0.0.1:1' });
    const carrier = {};
    tracer.inject(tracer.startSpan('work'), 'http_headers', carrier);
    expect(Object.keys(carrier)).toEqual(['x-b3-traceid', 'x-b3-spanid', 'x-b3-sampled']);
  });

  it('joins the span of a client where that is asked for', async () => {
    const { url, spans } = await collector();
    const { tracer } = zipkin({ url, joinSpans: true });
    const childOf = tracer.extract('http_headers', { b3: 'a2fb4a1d1a96d312-1020304050607080-1' });
    const server = tracer.startSpan('get', { childOf, tags: { [Tags.SPAN_KIND]: 'server' } });
    tracer.startSpan('below', { childOf: server }).finish();
    server.finish();
    await tracer.flush();
    const [below, joined] = spans();
    expect(joined).toMatchObject({ id: '1020304050607080', shared: true, kind: 'SERVER' });
    expect(below).toMatchObject({ parentId: '1020304050607080' });
    expect(below).not.toHaveProperty('shared');
  });

  it('is a child of the span of a client otherwise', () => {
    const { tracer } = zipkin({ url: 'http://127.0.0.1:1' });
    const childOf = tracer.extract('http_headers', { b3: 'a2fb4a1d1a96d312-1020304050607080-1' });
    const server = tracer.startSpan('get', { childOf, tags: { [Tags.SPAN_KIND]: 'server' } });
    expect(server.parentId).toBe('1020304050607080');
    expect(server.context().toSpanId()).not.toBe('1020304050607080');
  });

  it.each([undefined, '', null, 1])(
    'refuses the service name %j with a sentence',
    (serviceName) => {
      const options = { serviceName } as unknown as ZipkinTracerOptions;
      expect(() => createZipkinTracer(options)).toThrow('give the service a name');
    },
  );

  it.each(['', 'collector:9411', 'ftp://127.0.0.1/'])(
    'refuses the URL %j with a sentence',
    (url) => {
      expect(() => createZipkinTracer({ serviceName: 'orders', url })).toThrow(
        `The URL of the collector is '${url}'`,
      );
    },
  );

  it('leaves the global tracer alone', () => {
    const before = globalTracer();
    zipkin({ url: 'http://127.0.0.1:1' });
    expect(globalTracer()).toBe(before);
  });
});

describe('a collector in trouble', () => {
  it('that cannot be reached is reported once; the spans wait, within the bound', async () => {
    const { tracer, errors } = zipkin({ url: 'http://127.0.0.1:1/api/v2/spans', maxQueueSize: 5 });
    for (let i = 0; i < 5; i++) {
      tracer.startSpan('work').finish();
    }
    await tracer.flush();
    await tracer.flush();
    expect(errors.map((error) => error.name)).toEqual(['ExportError']);
    expect(errors[0]?.message).toContain('http://127.0.0.1:1/api/v2/spans cannot be reached');
    const { stats } = tracer.recorder;
    expect(stats).toMatchObject({ recorded: 5, queued: 5, dropped: 0 });
  });

  it('that is busy gets the same spans again', async () => {
    const { url, spans } = await collector((response, count) => {
      response.writeHead(count === 1 ? 503 : 202).end('busy');
    });
    const { tracer, errors } = zipkin({ url });
    tracer.startSpan('work').finish();
    await vi.waitUntil(() => spans().length === 2);
    expect(spans()[0]).toEqual(spans()[1]);
    expect(errors[0]?.message).toContain('answered 503: busy');
  });

  it('that refuses spans is not sent them again', async () => {
    const { url, received } = await collector((response, count) => {
      response.writeHead(count === 1 ? 400 : 202).end('not spans');
    });
    const { tracer, errors } = zipkin({ url });
    tracer.startSpan('bad').finish();
    await tracer.flush();
    tracer.startSpan('good').finish();
    await tracer.flush();
    expect(received.map(({ spans }) => spans.map(({ name }) => name))).toEqual([['bad'], ['good']]);
    expect(errors.map(({ message }) => message)).toEqual([
      `The collector at ${url} answered 400: not spans`,
    ]);
  });

  it('that never answers is given up after the timeout', async () => {
    const { url } = await collector(() => {});
    const send = httpTransport({ url, timeoutMs: 20 });
    closing.push(() => send.close?.());
    await expect(send(new TextEncoder().encode('[]'), 'application/json')).rejects.toMatchObject({
      name: 'ExportError',
      retryable: true,
    });
  });

  it('that breaks the connection is tried again', async () => {
    const { url, spans } = await collector((response, count) => {
      if (count === 1) {
        response.socket?.destroy();
      } else {
        accept(response);
      }
    });
    const { tracer } = zipkin({ url });
    tracer.startSpan('work').finish();
    await vi.waitUntil(() => spans().length === 2);
  });

  it('does not get the password of its URL told to others', async () => {
    const { tracer, errors } = zipkin({ url: 'http://user:secret@127.0.0.1:1/spans?key=secret' });
    tracer.startSpan('work').finish();
    await tracer.flush();
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).not.toContain('secret');
  });

  it('gets its spans over one connection that is kept alive', async () => {
    const { url, received, connections } = await collector();
    const { tracer } = zipkin({ url });
    for (let i = 0; i < 3; i++) {
      tracer.startSpan('work').finish();
      await tracer.flush();
    }
    expect(received).toHaveLength(3);
    expect(connections()).toBe(1);
  });

  it.each([
    ['refuses', 'http://127.0.0.1:1/'],
    ['hangs', null],
  ])('that %s does not keep a program from ending', async (_, refusing) => {
    const url = refusing ?? (await collector(() => {})).url;
    const program = `
      import { createZipkinTracer } from 'opentracing-ts/zipkin';
      const tracer = createZipkinTracer({
        serviceName: 'x', url: '${url}', flushIntervalMs: 0, onError() {},
      });
      tracer.startSpan('work').finish();
      setTimeout(() => console.log('done'), 50);`;
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: import.meta.dirname },
    );
    expect(stdout).toBe('done\n');
    expect(stderr).toBe('');
  });
});

describe('encodeZipkinJson', () => {
  function encode(tags: Record<string, unknown>, logs: Record<string, unknown>[] = []): ZipkinSpan {
    const recorder = new InMemoryRecorder();
    const span = new BasicTracer({ recorder }).startSpan('work', { tags, startTime: 1000.0004 });
    for (const fields of logs) {
      span.log(fields, 1000.5);
    }
    span.finish(1000.0004);
    const bytes = encodeZipkinJson(recorder.spans, { serviceName: 'orders' });
    return JSON.parse(new TextDecoder().decode(bytes))[0];
  }

  it('writes whole microseconds, and a duration of at least one', () => {
    expect(encode({})).toMatchObject({ timestamp: 1_000_000, duration: 1 });
  });

  it('tells the kind and the remote endpoint from the standard tags', () => {
    const span = encode({
      'span.kind': 'client',
      'peer.service': 'inventory',
      'peer.ipv4': '127.0.0.1',
      'peer.ipv6': '::1',
      'peer.port': '8080',
      'http.method': 'GET',
    });
    expect(span).toMatchObject({
      kind: 'CLIENT',
      remoteEndpoint: { serviceName: 'inventory', ipv4: '127.0.0.1', ipv6: '::1', port: 8080 },
      tags: { 'http.method': 'GET' },
    });
    expect(Object.keys(span.tags ?? {})).toEqual(['http.method']);
  });

  it('leaves as tags what does not fit there', () => {
    expect(encode({ 'span.kind': 'internal', 'peer.port': 'http' })).toMatchObject({
      tags: { 'span.kind': 'internal', 'peer.port': 'http' },
    });
  });

  it('writes every value as text, whatever it is', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const values = {
      number: 1.5,
      boolean: true,
      bigint: 12n,
      object: { a: [1] },
      error: new Error('no'),
      symbol: Symbol('s'),
      quote: '"\\\n\u2028',
      circular,
      null: null,
      undefined,
    };
    expect(encode(values).tags).toEqual({
      number: '1.5',
      boolean: 'true',
      bigint: '12',
      object: '{"a":[1]}',
      error: 'Error: no',
      symbol: 'Symbol(s)',
      quote: '"\\\n\u2028',
    });
  });

  it('marks an error by its message, and does not mark what is none', () => {
    const error = { event: 'error', message: 'out of stock' };
    expect(encode({ error: true }, [error]).tags).toEqual({ error: 'out of stock' });
    expect(encode({ error: true }).tags).toEqual({ error: 'true' });
    expect(encode({ error: 'timeout' }).tags).toEqual({ error: 'timeout' });
    expect(encode({ error: false })).not.toHaveProperty('tags');
  });

  it('writes logs as annotations', () => {
    const span = encode({}, [
      { event: 'fetched' },
      { event: 'retry', attempt: 2 },
      { message: 'x' },
    ]);
    expect(span.annotations).toEqual([
      { timestamp: 1_000_500, value: 'fetched' },
      { timestamp: 1_000_500, value: 'event=retry attempt=2' },
      { timestamp: 1_000_500, value: 'message=x' },
    ]);
  });
});
