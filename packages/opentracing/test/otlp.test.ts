import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ExportError } from 'opentracing-ts/basictracer';
import { createOtlpTracer, type OtlpTracerOptions } from 'opentracing-ts/otlp';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { afterEach, describe, expect, it } from 'vitest';

const closing: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) {
    await close();
  }
});

/** A collector on the loopback that takes everything; `host` is its address without a path. */
async function collector() {
  const received: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const { headers, url: path = '' } = request;
      received.push({ path, headers, body: Buffer.concat(chunks) });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return { host: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}

function otlp(options: Partial<OtlpTracerOptions>) {
  const errors: Error[] = [];
  const tracer = createOtlpTracer({
    serviceName: 'orders',
    onError: (error) => errors.push(error),
    ...options,
  });
  closing.push(() => tracer.close());
  return { tracer, errors };
}

const spansIn = (body: Buffer | undefined) =>
  JSON.parse(`${body}`).resourceSpans[0].scopeSpans[0].spans;

describe('createOtlpTracer', () => {
  it('sends the spans of asynchronous code to the collector, nested as they ran', async () => {
    const { host, received } = await collector();
    const { tracer, errors } = otlp({
      url: `${host}/v1/traces`,
      encoding: 'json',
      headers: { 'api-key': 'secret' },
      resource: { 'service.version': '1.2.0' },
    });
    await tracer.withActiveSpan('outer', async () => {
      await new Promise((resolve) => setImmediate(resolve));
      tracer.withActiveSpan('inner', () => {});
    });
    await tracer.flush();

    const [{ path, headers, body } = { path: '', headers: {}, body: undefined }] = received;
    expect({ path, ...headers }).toMatchObject({
      path: '/v1/traces',
      'content-type': 'application/json',
      'api-key': 'secret',
    });
    const [inner, outer] = spansIn(body);
    expect(inner).toMatchObject({ name: 'inner', parentSpanId: outer.spanId });
    expect(inner.traceId).toBe(outer.traceId);
    expect(`${body}`).toContain('"service.version"');
    expect(tracer.recorder.stats).toMatchObject({ recorded: 2, exported: 2 });
    expect(errors).toEqual([]);
  });

  it('sends protobuf where nothing else is asked for', async () => {
    const { host, received } = await collector();
    const { tracer } = otlp({ url: `${host}/v1/traces` });
    tracer.startSpan('work').finish();
    await tracer.flush();
    expect(received[0]?.headers['content-type']).toBe('application/x-protobuf');
  });

  it('sends what waits when the program ends, without close', async () => {
    const { host, received } = await collector();
    const program = `
      import { createOtlpTracer } from 'opentracing-ts/otlp';
      const tracer = createOtlpTracer({ serviceName: 'x', url: '${host}', encoding: 'json' });
      await tracer.withActiveSpan('outer', async () => {
        await null;
        tracer.startSpan('inner').finish();
      });`;
    const { stderr } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', program],
      { cwd: import.meta.dirname },
    );
    expect(stderr).toBe('');
    const [inner, outer] = spansIn(received[0]?.body);
    expect(inner.parentSpanId).toBe(outer.spanId);
  });

  it('propagates as OpenTelemetry does: W3C Trace Context and Baggage, ids of 128 bits', () => {
    const { tracer } = otlp({});
    const span = tracer.startSpan('work').setBaggageItem('user', 'ada');
    const carrier: Record<string, string> = {};
    tracer.inject(span, 'http_headers', carrier);
    expect(carrier).toEqual({
      traceparent: expect.stringMatching(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/),
      baggage: 'user=ada',
    });
    expect(carrier.traceparent).not.toContain('-0000000000000000');
  });

  it('takes other formats, and ids of 64 bits', () => {
    const { tracer } = otlp({ propagation: ['b3'], traceId128: false });
    const carrier = {};
    tracer.inject(tracer.startSpan('work'), 'http_headers', carrier);
    expect(carrier).toEqual({ b3: expect.stringMatching(/^[0-9a-f]{16}-[0-9a-f]{16}-1$/) });
  });

  it('has the counts of its spans, and of those in its spool', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'spool-'));
    closing.push(() => rm(dir, { recursive: true }));
    const transport = async () => {
      throw new ExportError('away', { retryable: true });
    };
    const { tracer } = otlp({ transport, spool: { dir } });
    tracer.startSpan('work').finish();
    await tracer.flush();
    expect(tracer.recorder.stats).toMatchObject({ recorded: 1, spooled: 1, dropped: 0 });
    expect(tracer.recorder.exporter.spoolStats).toMatchObject({ stored: 1, waiting: 1 });
    expect(otlp({}).tracer.recorder.exporter.spoolStats).toBeNull();
  });

  it.each([undefined, '', null, 1])(
    'refuses the service name %j with a sentence',
    (serviceName) => {
      const options = { serviceName } as unknown as OtlpTracerOptions;
      expect(() => createOtlpTracer(options)).toThrow(
        "give the service a name, such as createOtlpTracer({ serviceName: 'orders' }).",
      );
    },
  );
});

describe('the address of a collector', () => {
  const paths = { createOtlpTracer: '/v1/traces', createZipkinTracer: '/api/v2/spans' };

  it.each([
    ['createOtlpTracer', createOtlpTracer],
    ['createZipkinTracer', createZipkinTracer],
  ] as const)('gets a path from %s where it has none, and only then', async (name, create) => {
    const { host, received } = await collector();
    for (const rest of ['', '/', '/tenant/a', '?key=a', '/?key=a']) {
      const tracer = create({ serviceName: 'orders', url: `${host}${rest}` });
      tracer.startSpan('work').finish();
      await tracer.close();
    }
    expect(received.map(({ path }) => path)).toEqual([
      paths[name],
      '/',
      '/tenant/a',
      '/?key=a',
      '/?key=a',
    ]);
  });

  it('that is none is told of as it was given', () => {
    for (const url of ['collector:4318', 'http://[', 'HTTP://', 'ftp://collector']) {
      expect(() => createOtlpTracer({ serviceName: 'orders', url })).toThrow(
        `The URL of the collector is '${url}'`,
      );
    }
  });
});
