import fc from 'fast-check';
import { expect, it } from 'vitest';
import { get, type Json, post, testCollector } from './support/collector.js';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', 'CLIENT', 'SERVER', '1'));
// Mostly what a field asks for, so that most lists are taken.
const mostly = <T, U>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<U>) =>
  fc.oneof({ weight: 60, arbitrary: usual }, { weight: 1, arbitrary: odd });
const id = mostly(fc.stringMatching(/^[0-9a-f]{1,16}$/), text);
const whole = mostly(fc.oneof(fc.maxSafeInteger(), fc.nat(60_000)), fc.oneof(fc.double(), text));
const endpoint = fc.record(
  {
    serviceName: text,
    ipv4: fc.oneof(fc.ipV4(), text),
    ipv6: fc.oneof(fc.ipV6(), text),
    port: mostly(fc.nat(65_535), whole),
  },
  { requiredKeys: [] },
);
const spans = fc.array(
  mostly(
    fc.record(
      {
        traceId: id,
        id,
        parentId: id,
        kind: fc.constantFrom('CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'),
        name: text,
        timestamp: whole,
        duration: whole,
        localEndpoint: endpoint,
        remoteEndpoint: endpoint,
        annotations: fc.array(fc.record({ timestamp: whole, value: text })),
        tags: fc.dictionary(text, text),
        shared: fc.boolean(),
      },
      { requiredKeys: ['traceId', 'id'] },
    ),
    fc.jsonValue(),
  ),
  { maxLength: 4 },
);

it('answers any JSON with 202 or a sentence, and gives back what it took', async () => {
  const collector = await testCollector();
  let taken = 0;
  await fc.assert(
    fc.asyncProperty(spans, async (list) => {
      const { status, text: says } = await post(collector, list as Json[]);
      expect([202, 400]).toContain(status);
      if (status === 400) {
        expect(says).toMatch(/^span \d+/);
        return;
      }
      taken += 1;
      for (const { traceId } of list as Json[]) {
        const read = await get(collector, `/api/v2/trace/${traceId}`);
        expect(read.status, read.text).toBe(200);
        // What was read is in its normal form: sending it again changes nothing.
        expect((await post(collector, read.text)).status).toBe(202);
        expect((await get(collector, `/api/v2/trace/${traceId}`)).text).toBe(read.text);
      }
    }),
    { numRuns: 300 },
  );
  expect(taken).toBeGreaterThan(100);
  for (const path of [
    'services',
    'spans?serviceName=1',
    'traces?lookback=9999999999999&limit=999',
  ]) {
    expect((await get(collector, `/api/v2/${path}`)).status).toBe(200);
  }
});
