import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  BasicTracer,
  BatchRecorder,
  ExportError,
  InMemoryRecorder,
  type SpanExporter,
} from 'opentracing-ts/basictracer';
import {
  encodeOtlp,
  encodeOtlpJson,
  encodeZipkinJson,
  encodeZipkinProto,
  OtlpExporter,
  type OtlpExporterOptions,
  ZipkinExporter,
  type ZipkinExporterOptions,
} from 'opentracing-ts/exporters';
import { createZipkinTracer, type ZipkinTracerOptions } from 'opentracing-ts/zipkin';
import { describe, expect, it } from 'vitest';

const serviceName = 'kitchen';

/** So many finished spans. */
function spansOf(count: number, tags: Record<string, unknown> = {}) {
  const recorder = new InMemoryRecorder();
  const tracer = new BasicTracer({ recorder });
  for (let i = 0; i < count; i++) {
    tracer.startSpan(`span ${i}`, { tags }).finish();
  }
  return recorder.spans;
}

/** A transport that keeps what it is given and answers in turn. */
function recording(...answers: (Uint8Array | Error)[]) {
  const sent: { body: Uint8Array; contentType: string }[] = [];
  const transport = async (body: Uint8Array, contentType: string) => {
    const answer = answers[sent.length];
    sent.push({ body: body.slice(), contentType });
    if (answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { sent, transport };
}

const failureOf = async (exported: Promise<void>) =>
  (await exported.then(
    () => undefined,
    (error) => error,
  )) as ExportError | undefined;

const json = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

describe('an exporter', () => {
  const spans = spansOf(3, { text: 'Küche' });
  it.each([
    ['zipkin', undefined, 'application/json', encodeZipkinJson],
    ['zipkin', 'json', 'application/json', encodeZipkinJson],
    ['zipkin', 'proto3', 'application/x-protobuf', encodeZipkinProto],
    ['otlp', undefined, 'application/x-protobuf', encodeOtlp],
    ['otlp', 'protobuf', 'application/x-protobuf', encodeOtlp],
    ['otlp', 'json', 'application/json', encodeOtlpJson],
  ] as const)('of %s with the encoding %s sends %s', async (kind, encoding, type, encode) => {
    const { sent, transport } = recording();
    const options = { serviceName, transport, encoding };
    const exporter =
      kind === 'otlp'
        ? new OtlpExporter(options as OtlpExporterOptions)
        : new ZipkinExporter(options as ZipkinExporterOptions);
    await exporter.export(spans);
    expect(sent).toEqual([{ body: encode(spans, { serviceName }), contentType: type }]);
  });

  it.each([
    ['ZipkinExporter', { serviceName: '' }, "The serviceName is ''; give the service a name"],
    ['OtlpExporter', {}, 'The serviceName is undefined; give the service a name'],
    ['OtlpExporter', undefined, 'The serviceName is undefined; give the service a name'],
    ['ZipkinExporter', { encoding: 'xml' }, "The encoding is 'xml'; use 'json' or 'proto3'."],
    ['OtlpExporter', { encoding: 'grpc' }, "The encoding is 'grpc'; use 'protobuf' or 'json'."],
    [
      'OtlpExporter',
      { maxBodyBytes: 0 },
      'maxBodyBytes is 0; it has to be a whole number above 0.',
    ],
    ['ZipkinExporter', { maxBodyBytes: '1' }, "maxBodyBytes is '1'; it has to be a whole number"],
    ['OtlpExporter', { url: 'collector:4318' }, "The URL of the collector is 'collector:4318'"],
  ])('%s refuses %j with a sentence', (kind, given, sentence) => {
    const isNameGiven = given === undefined || Object.keys(given).length === 0;
    const options = isNameGiven ? given : { serviceName, ...given };
    const create = () =>
      kind === 'OtlpExporter'
        ? new OtlpExporter(options as unknown as OtlpExporterOptions)
        : new ZipkinExporter(options as unknown as ZipkinExporterOptions);
    expect(create).toThrow(sentence);
  });

  it('sends OTLP over HTTP to where it is told', async () => {
    const received: { path: unknown; type: unknown; body: Buffer }[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks);
        const isZipped = request.headers['content-encoding'] === 'gzip';
        received.push({
          path: request.url,
          type: request.headers['content-type'],
          body: isZipped ? gunzipSync(body) : body,
        });
        response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const exporter = new OtlpExporter({ serviceName, url: `http://127.0.0.1:${port}/v1/traces` });
    try {
      await exporter.export(spans);
    } finally {
      await exporter.close();
      await new Promise((resolve) => server.close(resolve));
    }
    expect(received).toEqual([
      {
        path: '/v1/traces',
        type: 'application/x-protobuf',
        body: Buffer.from(encodeOtlp(spans, { serviceName })),
      },
    ]);
  });

  it('is made with its encoding by createZipkinTracer', async () => {
    const { sent, transport } = recording();
    const tracer = createZipkinTracer({ serviceName, encoding: 'proto3', transport });
    tracer.startSpan('work').finish();
    await tracer.close();
    expect(sent.map(({ contentType }) => contentType)).toEqual(['application/x-protobuf']);
    const wrong = { serviceName, encoding: 'thrift' } as unknown as ZipkinTracerOptions;
    expect(() => createZipkinTracer(wrong)).toThrow("The encoding is 'thrift'; use 'json' or");
  });
});

describe('maxBodyBytes', () => {
  const MAX = 4_000;
  const spans = spansOf(100, { text: 'x'.repeat(100) });
  const zipkin = (transport: ReturnType<typeof recording>['transport']) =>
    new ZipkinExporter({ serviceName, transport, maxBodyBytes: MAX });
  const namesIn = (body: Uint8Array) =>
    JSON.parse(new TextDecoder().decode(body)).map(({ name }: { name: string }) => name);

  it('bounds what is sent at once, in the order of the spans', async () => {
    const { sent, transport } = recording();
    await zipkin(transport).export(spans);
    expect(sent.length).toBeGreaterThan(5);
    for (const { body } of sent) {
      expect(body.length).toBeLessThanOrEqual(MAX);
    }
    expect(sent.flatMap(({ body }) => namesIn(body))).toEqual(
      spans.map(({ operationName }) => operationName),
    );
  });

  it('lets a single span be larger', async () => {
    const { sent, transport } = recording();
    const large = [...spansOf(1), ...spansOf(1, { text: 'x'.repeat(MAX) }), ...spansOf(1)];
    await zipkin(transport).export(large);
    expect(sent.map(({ body }) => namesIn(body).length)).toEqual([1, 1, 1]);
  });

  it('is 1 MiB by default', async () => {
    const { sent, transport } = recording();
    const large = spansOf(3, { text: 'x'.repeat(500_000) });
    await new OtlpExporter({ serviceName, transport }).export(large);
    expect(sent.length).toBeGreaterThan(1);
    expect(Math.max(...sent.map(({ body }) => body.length))).toBeLessThanOrEqual(1024 * 1024);
  });

  it('tells how many spans were accepted before the failure, and sends none of them twice', async () => {
    const away = new ExportError('away', { retryable: true, retryAfterMs: 1 });
    const empty = new Uint8Array();
    const { sent, transport } = recording(empty, empty, away);
    const failure = await failureOf(zipkin(transport).export(spans));
    const accepted = sent.slice(0, 2).flatMap(({ body }) => namesIn(body)).length;
    expect(failure).toMatchObject({ retryable: true, accepted });

    const again = recording(empty, empty, away);
    const recorder = new BatchRecorder({
      exporter: zipkin(again.transport),
      maxBatchSize: 100,
      flushIntervalMs: 1,
      onError() {},
    });
    for (const span of spans) {
      recorder.recordSpan(span);
    }
    await recorder.flush();
    await recorder.close();
    const names = again.sent.filter((_, i) => i !== 2).flatMap(({ body }) => namesIn(body));
    expect(names).toEqual(spans.map(({ operationName }) => operationName));
  });
});

describe('a partial success of OTLP', () => {
  const spans = spansOf(3);
  const otlp = (encoding: 'protobuf' | 'json', answer: Uint8Array): SpanExporter =>
    new OtlpExporter({ serviceName, encoding, transport: recording(answer).transport });
  const message = [...new TextEncoder().encode('too old')];
  const REJECTED: [string, 'protobuf' | 'json', Uint8Array][] = [
    ['protobuf', 'protobuf', Uint8Array.of(0x0a, 11, 0x08, 2, 0x12, message.length, ...message)],
    [
      'protobuf with fields that are not known',
      'protobuf',
      Uint8Array.of(
        ...[0x11, 1, 2, 3, 4, 5, 6, 7, 8],
        ...[0x0a, 18, 0x1d, 1, 2, 3, 4, 0x20, 1, 0x08, 2, 0x12, message.length, ...message],
      ),
    ],
    ['JSON', 'json', json({ partialSuccess: { rejectedSpans: '2', errorMessage: 'too old' } })],
    [
      'JSON with a number',
      'json',
      json({ partialSuccess: { rejectedSpans: 2, errorMessage: 'too old' } }),
    ],
  ];

  it.each(REJECTED)('in %s counts what was rejected', async (_, encoding, answer) => {
    const failure = await failureOf(otlp(encoding, answer).export(spans));
    expect(failure).toMatchObject({ name: 'ExportError', retryable: false, rejected: 2 });
    expect(failure?.message).toBe('The collector rejected spans (2): too old');
  });

  it.each<[string, 'protobuf' | 'json', Uint8Array]>([
    ['an empty answer', 'protobuf', new Uint8Array()],
    ['a warning alone', 'protobuf', Uint8Array.of(0x0a, 9, 0x12, message.length, ...message)],
    ['no protobuf', 'protobuf', new TextEncoder().encode('<html>')],
    ['protobuf that ends too early', 'protobuf', Uint8Array.of(0x0a, 2, 0x08)],
    ['a number without end', 'protobuf', new Uint8Array(300).fill(0x80)],
    ['an empty object', 'json', json({})],
    ['an empty partial success', 'json', json({ partialSuccess: {} })],
    ['no JSON', 'json', new TextEncoder().encode('ok')],
    ['JSON that is no object', 'json', json(null)],
  ])('%s is a success', async (_, encoding, answer) => {
    expect(await failureOf(otlp(encoding, answer).export(spans))).toBeUndefined();
  });

  it('that rejected nothing has a warning, which is told once', async () => {
    const warning = { partialSuccess: { errorMessage: 'tracestate\nis too long' } };
    const errors: Error[] = [];
    const exporter = new OtlpExporter({
      serviceName,
      encoding: 'json',
      transport: async () => json(warning),
      onError: (error) => errors.push(error),
    });
    await exporter.export(spans);
    await exporter.export(spans);
    expect(errors.map(({ message }) => message)).toEqual([
      'The collector took the spans with a warning: tracestate is too long',
    ]);
  });

  it('is told of, and counted by the recorder as lost', async () => {
    const errors: Error[] = [];
    const [[, encoding, answer]] = REJECTED as [(typeof REJECTED)[0]];
    const recorder = new BatchRecorder({
      exporter: otlp(encoding, answer),
      onError: (error) => errors.push(error),
    });
    for (const span of spans) {
      recorder.recordSpan(span);
    }
    await recorder.close();
    expect(recorder.stats).toMatchObject({ recorded: 3, exported: 1, dropped: 2, queued: 0 });
    expect(errors.map((error) => error.message)).toEqual([
      'The collector rejected spans (2): too old',
    ]);
  });
});
