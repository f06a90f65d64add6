import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { get, type Json, testCollector } from './support/collector.js';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

async function send(
  { url }: { url: string },
  body: string | Uint8Array<ArrayBuffer>,
  type = JSON_TYPE,
  encoding = 'identity',
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': type, 'content-encoding': encoding },
    body,
  });
  return { status: response.status, text: await response.text() };
}

/** A message of protobuf in a field. */
function field(number: number, bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const head = [(number << 3) | 2];
  let rest = bytes.length;
  for (; rest > 0x7f; rest >>= 7) head.push((rest & 0x7f) | 0x80);
  return Uint8Array.from(Buffer.concat([Buffer.from([...head, rest]), bytes]));
}

const anything = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom<unknown>({ toString: 1, valueOf: 1 }, { toJSON: 1 }, ['1'], 1e300, -1, '-1', '9'),
);
// Mostly what a field asks for, so that most spans are taken.
const mostly = <T>(usual: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 300, arbitrary: usual }, { weight: 1, arbitrary: anything });
// Halves of surrogate pairs are in it, too.
const text = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)) }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'error',
    'service.name',
    'server.port',
    'zipkin.debug',
  ),
);
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: mostly(
    fc.oneof(
      { maxDepth: 3 },
      fc.record({ stringValue: mostly(text) }),
      fc.record({ boolValue: mostly(fc.boolean()) }),
      fc.record({
        intValue: mostly(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String)),
      }),
      fc.record({
        doubleValue: mostly(fc.oneof(fc.double(), fc.constantFrom('NaN', '-Infinity'))),
      }),
      fc.record({ bytesValue: mostly(fc.base64String()) }),
      fc.record({ arrayValue: fc.record({ values: fc.array(tie('value'), { maxLength: 3 }) }) }),
      fc.record({
        kvlistValue: fc.record({
          values: fc.array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 }),
        }),
      }),
    ),
  ),
}));
const attributes = mostly(
  fc.array(mostly(fc.record({ key: mostly(text), value })), { maxLength: 4 }),
);
const nanos = mostly(fc.bigInt({ min: 0n, max: 2n ** 62n }).map(String));
const hex = (digits: number) =>
  mostly(
    fc.string({
      unit: fc.constantFrom(...'0123456789abcdefABCDEF'),
      minLength: digits,
      maxLength: digits,
    }),
  );
const count = mostly(fc.nat(9));
const span = mostly(
  fc.record(
    {
      traceId: hex(32),
      spanId: hex(16),
      parentSpanId: mostly(fc.oneof(hex(16), fc.constant(''))),
      traceState: mostly(text),
      flags: mostly(fc.nat(0x3ff)),
      name: mostly(text),
      kind: mostly(fc.nat(6)),
      startTimeUnixNano: nanos,
      endTimeUnixNano: nanos,
      attributes,
      droppedAttributesCount: count,
      events: mostly(fc.array(fc.record({ timeUnixNano: nanos, name: mostly(text), attributes }))),
      droppedEventsCount: count,
      links: mostly(fc.array(fc.record({ traceId: hex(32), spanId: hex(16), attributes }))),
      droppedLinksCount: count,
      status: mostly(fc.record({ code: mostly(fc.nat(3)), message: mostly(text) })),
    },
    { requiredKeys: ['traceId', 'spanId'] },
  ),
);
const request = mostly(
  fc.record({
    resourceSpans: mostly(
      fc.array(
        fc.record({
          resource: mostly(fc.record({ attributes })),
          scopeSpans: mostly(
            fc.array(
              fc.record({
                scope: mostly(fc.record({ name: mostly(text), version: mostly(text), attributes })),
                spans: mostly(fc.array(span, { minLength: 1, maxLength: 4 })),
              }),
              { minLength: 1, maxLength: 2 },
            ),
          ),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    ),
  }),
);

/** All spans of a request that was answered with 200. */
function spansOf(body: unknown): unknown[] {
  const list = (from: unknown, key: string): unknown[] => {
    const found: unknown = Object(from)[key];
    return Array.isArray(found) ? found : [];
  };
  return list(body, 'resourceSpans')
    .flatMap((each) => list(each, 'scopeSpans'))
    .flatMap((each) => list(each, 'spans'));
}

it('answers any OTLP in JSON with 200 or a sentence, and has each span that it took', async () => {
  const collector = await testCollector();
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(request, async (body) => {
      const before = collector.added.spans;
      const answer = await send(collector, JSON.stringify(body));
      const said = JSON.parse(answer.text);
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) {
        expect(said.message).toMatch(/ must | is | are /);
        expect(collector.added.spans).toBe(before);
        return;
      }
      const spans = spansOf(body);
      const rejected = Number(said.partialSuccess?.rejectedSpans ?? 0);
      if (rejected > 0) expect(said.partialSuccess.errorMessage).toMatch(/^span \d+/);
      expect(collector.added.spans - before).toBe(spans.length - rejected);
      taken += spans.length - rejected;
      let missing = 0;
      for (const each of spans) {
        const text = (id: unknown) =>
          typeof id === 'string' && id !== '' ? id.toLowerCase() : '-';
        const [traceId, spanId] = [text(Object(each).traceId), text(Object(each).spanId)];
        const path = `/api/v2/trace/${encodeURIComponent(traceId)}`;
        const { json } = await get(collector, path);
        const ids = Array.isArray(json) ? json.map(({ id }) => id) : [];
        // A shorter id is one with zeros before it.
        if (!ids.includes(spanId.padStart(16, '0'))) missing += 1;
      }
      expect(missing).toBeLessThanOrEqual(rejected);
    }),
    { numRuns: 200 },
  );
  expect(taken).toBeGreaterThan(100);
});

it('answers any protobuf and any gzip with 200, or with 400 and a sentence', async () => {
  const collector = await testCollector();
  const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Uint8Array.from(array));
  // What stands in messages of the right fields is read, as far as it can be.
  const inFields = fc
    .tuple(
      bytes,
      fc.subarray([[1, 2, 2, 9, 2, 6, 1, 2], [1, 2, 2, 11], [1, 1, 1, 2], [1, 2, 2], [1]]),
    )
    .map(([inner, [path = []]]) => path.reduceRight((body, number) => field(number, body), inner));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(bytes, inFields),
      fc.constantFrom(JSON_TYPE, PROTOBUF_TYPE),
      fc.constantFrom('whole', 'cut', 'none'),
      async (body, type, gzip) => {
        const zipped = Uint8Array.from(gzipSync(body));
        const sent =
          gzip === 'none' ? body : gzip === 'cut' ? zipped.slice(0, zipped.length / 2) : zipped;
        const answer = await send(collector, sent, type, gzip === 'none' ? 'identity' : 'gzip');
        expect([200, 400]).toContain(answer.status);
        if (answer.status === 400) expect(answer.text).toMatch(/the body (is not|must be) |nested/);
        if (gzip === 'cut') expect(answer.text).toContain('the body is not valid gzip');
      },
    ),
    { numRuns: 300 },
  );
  expect((await get(collector, '/health')).status).toBe(200);
});

it.each([
  ['resources', [], 1],
  ['scopes', [1], 2],
  ['spans', [1, 2], 2],
  ['attributes', [1, 2, 2], 9],
  ['events', [1, 2, 2], 11],
  ['links', [1, 2, 2], 13],
])(
  'refuses millions of empty %s in protobuf, which are small when compressed',
  async (_, path, number) => {
    const collector = await testCollector();
    const many = Buffer.alloc(3_000_000, Buffer.from([(number << 3) | 2, 0]));
    const body = path.reduceRight((inner, each) => field(each, inner), Uint8Array.from(many));
    const zipped = Uint8Array.from(gzipSync(body));
    const { status, text: says } = await send(collector, zipped, PROTOBUF_TYPE, 'gzip');
    expect(status).toBe(413);
    expect(says).toContain(
      'the body has more than 1000000 protobuf messages: send the spans in smaller',
    );
  },
);

it('refuses spans that share so much that their file would be many times the request', async () => {
  const collector = await testCollector();
  const shared = [{ key: 'text', value: { stringValue: 'x'.repeat(100_000) } }];
  const spans = Array.from({ length: 1_001 }, (_, i) => ({
    traceId: '5b8efff798038103d269b633813fc60c',
    spanId: `${i + 1}`.padStart(16, '0'),
  }));
  const of = (list: Json[]) =>
    JSON.stringify({
      resourceSpans: [{ resource: { attributes: shared }, scopeSpans: [{ spans: list }] }],
    });
  expect(await send(collector, of(spans))).toEqual({
    status: 413,
    text: '{"message":"the attributes of resources and scopes, which each of their spans keeps, are over the limit of 100000000 characters: send the spans in smaller batches"}',
  });
  expect(collector.added.spans).toBe(0);
  expect(await send(collector, of(spans.slice(0, 100)))).toEqual({ status: 200, text: '{}' });
});
