import { once } from 'node:events';
import http, { type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { start, startCollector, startEcho } from './register-helpers.js';

interface Request {
  url: string | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A collector of OTLP that keeps what it gets. */
async function startOtlp() {
  const requests: Request[] = [];
  const server = http.createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) {
      parts.push(part);
    }
    requests.push({ url: request.url, headers: request.headers, body: Buffer.concat(parts) });
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Runs a program that makes one request: the headers that arrived, and what it says. */
async function run(env: Record<string, string>) {
  const program = start(['headers.mjs', await startEcho(), 'by itself'], env);
  expect(await program.ended).toBe(0);
  return { headers: program.output.stdout.split('\n'), stderr: program.output.stderr };
}

describe('the environment variables of OTLP', () => {
  it('send to the address of all signals in protobuf', async () => {
    const { requests, url } = await startOtlp();
    const env = { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/tenant/` };
    const { headers, stderr } = await run(env);
    expect(stderr).toBe('');
    expect(requests.map((request) => request.url)).toEqual(['/tenant/v1/traces']);
    expect(requests[0]?.headers['content-type']).toBe('application/x-protobuf');
    expect(headers).toContain('traceparent');
    expect(headers).not.toContain('x-b3-traceid');
  });

  it.each([
    ['OPENTRACING_OTLP_URL', '/v1/traces'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', '/v1/traces'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', '/'],
  ])('send from a host alone in %s to %s', async (name, path) => {
    const { requests, url } = await startOtlp();
    await run({ OTEL_TRACES_EXPORTER: 'otlp', [name]: url });
    expect(requests.map((request) => request.url)).toEqual([path]);
  });

  it('send to the address of traces in JSON, with headers, and describe the program', async () => {
    const { requests, url } = await startOtlp();
    const { stderr } = await run({
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/traces`,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: 'http/json',
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=wrong',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'api-key=right, tenant=a%20b',
      OTEL_EXPORTER_OTLP_TIMEOUT: '5000',
      OTEL_RESOURCE_ATTRIBUTES:
        'service.name=orders,service.version=1%2C2,example.io/bread=%F0%9F%8D%9E',
    });
    expect(stderr).toBe('');
    expect(requests).toMatchObject([
      { url: '/traces', headers: { 'api-key': 'right', tenant: 'a b' } },
    ]);
    const [{ resource, scopeSpans }] = JSON.parse(`${requests[0]?.body}`).resourceSpans;
    expect(resource.attributes).toEqual(
      expect.arrayContaining([
        { key: 'service.name', value: { stringValue: 'orders' } },
        { key: 'service.version', value: { stringValue: '1,2' } },
        { key: 'example.io/bread', value: { stringValue: '🍞' } },
      ]),
    );
    expect(scopeSpans[0].spans).toHaveLength(1);
  });

  it('go after our own names', async () => {
    const { requests, url } = await startOtlp();
    await run({
      OPENTRACING_EXPORTER: 'OTLP',
      OTEL_TRACES_EXPORTER: 'none',
      OPENTRACING_OTLP_URL: `${url}/ours`,
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${url}/theirs`,
    });
    expect(requests.map((request) => request.url)).toEqual(['/ours']);
  });

  it('send nothing with none, and pass the trace on', async () => {
    const collector = await startCollector();
    const { headers } = await run({
      OTEL_TRACES_EXPORTER: 'none',
      OPENTRACING_ZIPKIN_URL: collector.url,
    });
    expect(headers).toContain('x-b3-traceid');
    expect(collector.received).toEqual([]);
  });

  it('leave the exporter Zipkin’s where only those of OTLP are set', async () => {
    const collector = await startCollector();
    const { stderr } = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'nowhere',
      OTEL_RESOURCE_ATTRIBUTES: 'service.name=orders',
      OPENTRACING_ZIPKIN_URL: collector.url,
    });
    expect(collector.received.map((span) => span.localEndpoint.serviceName)).toEqual(['orders']);
    expect(stderr).toBe('');
  });

  it('are told of where the address is set and the exporter is not, as OpenTelemetry has it', async () => {
    const { requests, url } = await startOtlp();
    const { stderr } = await run({
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OPENTRACING_SAMPLE_RATE: '0',
    });
    expect(requests).toEqual([]);
    expect(stderr).toBe(
      'opentracing-ts: OTEL_EXPORTER_OTLP_ENDPOINT is set, but the spans go to Zipkin at ' +
        'http://127.0.0.1:9411/api/v2/spans; OPENTRACING_TRACES_EXPORTER=otlp sends them there.\n',
    );
  });

  it('say what an address is to look like, to which the path of traces is added', async () => {
    const { stderr } = await run({
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'localhost:4318',
      OPENTRACING_SAMPLE_RATE: '0',
    });
    expect(stderr).toBe(
      "opentracing-ts: OTEL_EXPORTER_OTLP_ENDPOINT is 'localhost:4318', but it takes an address such " +
        'as http://127.0.0.1:4318; the spans go to http://127.0.0.1:4318/v1/traces.\n',
    );
  });

  it('are passed over with a sentence where they are not understood, which shows no header', async () => {
    const { requests, url } = await startOtlp();
    const { stderr } = await run({
      OTEL_TRACES_EXPORTER: 'otlp',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_ENDPOINT: url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
      OTEL_EXPORTER_OTLP_HEADERS:
        'secret, key=a%0d%0ab: c, half=%, kept=yes, a b=c, bread=%F0%9F%8D%9E',
    });
    expect(requests).toMatchObject([{ url: '/v1/traces', headers: { kept: 'yes' } }]);
    expect(stderr.trim().split('\n')).toEqual([
      "opentracing-ts: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is 'collector:4318', but it takes an address such as http://127.0.0.1:4318/v1/traces; it is not used.",
      "opentracing-ts: OTEL_EXPORTER_OTLP_PROTOCOL is 'grpc', but it takes http/protobuf or http/json; gRPC is not supported; http/protobuf is used instead.",
      'opentracing-ts: Entry 1 of OTEL_EXPORTER_OTLP_HEADERS is not of the form name=value, so it is left out.',
      'opentracing-ts: Entry 2 of OTEL_EXPORTER_OTLP_HEADERS is not of the form name=value, so it is left out.',
      'opentracing-ts: Entry 3 of OTEL_EXPORTER_OTLP_HEADERS is not of the form name=value, so it is left out.',
      'opentracing-ts: Entry 5 of OTEL_EXPORTER_OTLP_HEADERS is not of the form name=value, so it is left out.',
      'opentracing-ts: Entry 6 of OTEL_EXPORTER_OTLP_HEADERS is not of the form name=value, so it is left out.',
      "opentracing-ts: OTEL_EXPORTER_OTLP_TIMEOUT is 'soon', but it takes a number of milliseconds above 0; it is not used.",
    ]);
  });
});
