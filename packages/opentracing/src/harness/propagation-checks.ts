import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
} from '../propagation.js';
import type { SpanContext } from '../span-context.js';
import { assert, assertSame, assertThrows, show } from './check.js';
import type { ApiCheck } from './subject.js';

/** @internal The rules of `inject` and `extract`. */
export const PROPAGATION_CHECKS: ApiCheck[] = [
  {
    name: 'all three formats can be injected and extracted',
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Bender');
      for (const { format, create } of carriers()) {
        const carrier = create();
        tracer.inject(span.context(), format, carrier);
        tracer.inject(span, format, carrier);
        tracer.extract(format, carrier);
      }
    },
  },
  {
    name: 'a format that the tracer does not know is an UnsupportedFormatError',
    run(subject) {
      const tracer = subject.tracer();
      const context = tracer.startSpan('Bender').context();
      for (const format of ['kiss my shiny metal ...', '', 'toString', null as unknown as string]) {
        assertThrows(() => tracer.inject(context, format, {}), 'UnsupportedFormatError', 'inject');
        assertThrows(() => tracer.extract(format, {}), 'UnsupportedFormatError', 'extract');
      }
    },
  },
  {
    name: 'a carrier that does not go with the format is an InvalidCarrierError',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const context = tracer.startSpan('Bender').context();
      for (const [format, wrong] of [
        [FORMAT_TEXT_MAP, [null, undefined, 42, 'text', new BinaryCarrier()]],
        [FORMAT_HTTP_HEADERS, [null, undefined, 42, 'text', new BinaryCarrier()]],
        [FORMAT_BINARY, [null, undefined, 42, 'text', {}]],
      ] as const) {
        for (const carrier of wrong) {
          const what = `of ${format} with ${show(carrier)} as its carrier`;
          assertThrows(
            () => tracer.inject(context, format, carrier),
            'InvalidCarrierError',
            `inject ${what}`,
          );
          assertThrows(
            () => tracer.extract(format, carrier),
            'InvalidCarrierError',
            `extract ${what}`,
          );
        }
      }
    },
  },
  {
    name: 'extract gives the ids and the baggage that were injected, in every format and carrier',
    needs: ['ids', 'baggage'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Bender').setBaggageItem('kiff-loves', 'Amy');
      span.setBaggageItem('second', '\u00e9 = 100%, "a";\tb=c\\ \u{1f916}');
      for (const { name, format, create } of carriers()) {
        const carrier = create();
        tracer.inject(span.context(), format, carrier);
        assertSameContext(tracer.extract(format, carrier), span.context(), name);
      }
    },
  },
  {
    name: 'a span without baggage is extracted without baggage',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const context = tracer.startSpan('Bender').context();
      for (const { name, format, create } of carriers()) {
        const carrier = create();
        tracer.inject(context, format, carrier);
        assertSameContext(tracer.extract(format, carrier), context, name);
      }
    },
  },
  {
    name: 'what one tracer injects another one of its kind extracts',
    needs: ['ids'],
    run(subject) {
      const client = subject.tracer();
      const server = subject.tracer();
      for (const { name, format, create } of carriers()) {
        const span = client.startSpan('Bender');
        const carrier = create();
        client.inject(span, format, carrier);
        const extracted = server.extract(format, carrier);
        assertSameContext(extracted, span.context(), name);
        const context = server.startSpan('Leela', { childOf: extracted }).context();
        assertSame(context.toTraceId(), span.context().toTraceId(), `the trace id, by ${name},`);
      }
    },
  },
  {
    name: 'an extracted context is a parent that passes its baggage on',
    needs: ['ids', 'baggage'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Bender').setBaggageItem('kiff-loves', 'Amy');
      const carrier = {};
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      const child = tracer.startSpan('Leela', {
        childOf: tracer.extract(FORMAT_HTTP_HEADERS, carrier),
      });
      assertSame(child.context().toTraceId(), span.context().toTraceId(), 'the trace id');
      assertSame(child.getBaggageItem('kiff-loves'), 'Amy', 'the baggage item');
    },
  },
  {
    name: 'a carrier without a context gives null, and a span without a parent by it is a root',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      for (const { name, format, create } of carriers()) {
        assertSame(tracer.extract(format, create()), null, `what is extracted from ${name}`);
      }
      const headers = { host: 'example.test', accept: '*/*', 'content-length': '0' };
      const context = tracer.extract(FORMAT_HTTP_HEADERS, headers);
      assertSame(context, null, 'what is extracted from headers without a context');
      subject.assertRoot(tracer.startSpan('Fry', { childOf: context }), tracer.startSpan('Leela'));
    },
  },
  {
    name: 'the names of HTTP headers are read in any case, and as the raw headers of Node',
    needs: ['ids', 'baggage'],
    run(subject) {
      const tracer = subject.tracer();
      const span = tracer.startSpan('Bender').setBaggageItem('kiff-loves', 'Amy');
      const carrier: Record<string, string> = {};
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      const upper = Object.entries(carrier).map(([key, value]) => [key.toUpperCase(), value]);
      const lower = Object.entries(carrier).map(([key, value]) => [key.toLowerCase(), value]);
      for (const [name, headers] of [
        ['upper-case names', Object.fromEntries(upper)],
        ['a Map of upper-case names', new Map(upper as [string, string][])],
        ['lower-case names', Object.fromEntries(lower)],
        ['raw headers', ['Host', 'example.test', ...lower.flat()]],
      ] as const) {
        const context = tracer.extract(FORMAT_HTTP_HEADERS, headers);
        assertSame(context?.toTraceId(), span.context().toTraceId(), `the trace id, by ${name},`);
        assertSame(context?.toSpanId(), span.context().toSpanId(), `the span id, by ${name},`);
      }
      const context = tracer.extract(FORMAT_HTTP_HEADERS, Object.fromEntries(lower));
      assertSame(context?.baggage['kiff-loves'], 'Amy', 'the item in baggage of the context');
    },
  },
  {
    name: 'inject leaves the other entries of a carrier alone and can be repeated',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const carrier: Record<string, string> = { host: 'example.test' };
      tracer.inject(tracer.startSpan('first'), FORMAT_HTTP_HEADERS, carrier);
      const last = tracer.startSpan('last').context();
      tracer.inject(last, FORMAT_HTTP_HEADERS, carrier);
      assertSame(carrier.host, 'example.test', 'the entry that was there before');
      assertSameContext(tracer.extract(FORMAT_HTTP_HEADERS, carrier), last, 'the second injection');
    },
  },
  {
    name: 'extract does not change its carrier',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      const context = tracer.startSpan('Bender').context();
      for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
        const carrier = {};
        tracer.inject(context, format, carrier);
        const before = JSON.stringify(carrier);
        assertSameContext(tracer.extract(format, Object.freeze(carrier)), context, format);
        assertSame(JSON.stringify(carrier), before, 'the carrier');
      }
      const binary = new BinaryCarrier();
      tracer.inject(context, FORMAT_BINARY, binary);
      const before = Array.from(binary.buffer ?? []).join();
      assertSameContext(tracer.extract(FORMAT_BINARY, binary), context, FORMAT_BINARY);
      assertSame(Array.from(binary.buffer ?? []).join(), before, 'the bytes');
    },
  },
];

/** Every format with every carrier that goes with it. */
function carriers(): { name: string; format: string; create: () => object }[] {
  const object = { name: 'a plain object', create: () => ({}) };
  const bare = { name: 'an object without a prototype', create: () => Object.create(null) };
  const map = { name: 'a Map', create: () => new Map() };
  const headers = { name: 'a Headers', create: () => new Headers() };
  const array = { name: 'a header array', create: () => [] };
  const binary = { name: 'a BinaryCarrier', create: () => new BinaryCarrier() };
  return [
    ...[object, bare, map].map((carrier) => ({ ...carrier, format: FORMAT_TEXT_MAP })),
    ...[object, bare, map, headers, array].map((carrier) => ({
      ...carrier,
      format: FORMAT_HTTP_HEADERS,
    })),
    { ...binary, format: FORMAT_BINARY },
  ];
}

function assertSameContext(actual: SpanContext | null, expected: SpanContext, how: string): void {
  assert(actual !== null, `extract should give a context, by ${how}, but gives null.`);
  assertSame(actual.toTraceId(), expected.toTraceId(), `the trace id, by ${how},`);
  assertSame(actual.toSpanId(), expected.toSpanId(), `the span id, by ${how},`);
  const keys = Object.keys(expected.baggage);
  assertSame(Object.keys(actual.baggage).length, keys.length, `the number of items, by ${how},`);
  for (const key of keys) {
    assertSame(actual.baggage[key], expected.baggage[key], `the item ${key}, by ${how},`);
  }
}
