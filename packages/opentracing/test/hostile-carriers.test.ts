import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  InvalidCarrierError,
  type Span,
  type SpanContext,
  SpanContextCorruptedError,
  type Tracer,
  withScopes,
} from 'opentracing-ts';
import { BasicTracer } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { PROPAGATION_FORMATS, textPropagator } from 'opentracing-ts/propagation';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { describe, expect, test } from 'vitest';

// The rule: a carrier that throws when it is read or written is the wrong carrier, whoever gave it.

const cause = new Error('hostile');
const fail = () => {
  throw cause;
};
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, fail]));

const TRACERS: [string, () => Tracer][] = [
  ['MockTracer', () => new MockTracer()],
  ...PROPAGATION_FORMATS.map((name): [string, () => Tracer] => [
    `BasicTracer with ${name}`,
    () => new BasicTracer({ propagation: [name] }),
  ]),
  [
    'a tracer of 0.14 with scopes',
    () => withScopes(foreignTracer(), new ThreadLocalScopeManager()),
  ],
];

const THROWING: [string, () => unknown][] = [
  ['a proxy that throws', () => new Proxy({}, traps)],
  ['a proxy that was revoked', () => revoked()],
  ['an array that throws', () => Object.defineProperty(['Host', ''], 0, { get: fail })],
];

const READ_ONLY: [string, () => unknown][] = [
  ['a frozen object', () => Object.freeze({})],
  ['a sealed object', () => Object.seal({})],
  ['a frozen array', () => Object.freeze([])],
  ['an array of fixed length', () => Object.preventExtensions(['Host', 'example.test'])],
  ['Headers that cannot be changed', () => Response.error().headers],
  ['a Map that throws', () => Object.assign(new Map(), { set: fail })],
  ...THROWING,
];

/** Of the names that the formats read; what nobody reads does no harm. */
const GETTERS = Object.fromEntries(
  ['b3', 'baggage', 'mockpfx-ids-traceid', 'ot-tracer-traceid', 'traceparent', 'uber-trace-id'].map(
    (name) => [name, { get: fail, enumerable: true }],
  ),
);

const UNREADABLE: [string, () => unknown][] = [
  ['a Map that throws', () => Object.assign(new Map(), { get: fail, forEach: fail })],
  ['getters that throw', () => Object.defineProperties({}, GETTERS)],
  ...THROWING,
];

const THROWING_BYTES: [string, () => unknown][] = [
  ['a proxy that throws', () => new Proxy(new BinaryCarrier(), traps)],
  ['a getter that throws', () => Object.defineProperty({}, 'buffer', { get: fail })],
  ['bytes that throw', () => new BinaryCarrier(Object.defineProperty([1], 0, { get: fail }))],
  ['bytes without end', () => new BinaryCarrier({ length: Number.POSITIVE_INFINITY })],
];

describe.each(TRACERS)('%s throws an InvalidCarrierError with its cause', (_name, create) => {
  test.each(READ_ONLY)('when it injects into %s', (_carrier, carrier) => {
    const tracer = create();
    const span = tracer.startSpan('a').setBaggageItem('b', 'c');
    for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
      const error = thrownBy(() => tracer.inject(span, format, carrier()));
      expect(error).toBeInstanceOf(InvalidCarrierError);
      expect(error.cause).toBeInstanceOf(Error);
      expect(error.message).toMatch(
        / throwing when it is used, as its carrier, not an (object|array)\.$/,
      );
    }
  });

  test.each(UNREADABLE)('when it extracts from %s', (_carrier, carrier) => {
    const tracer = create();
    for (const format of [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS]) {
      const error = thrownBy(() => tracer.extract(format, carrier()));
      expect(error).toBeInstanceOf(InvalidCarrierError);
      expect(error.cause).toBeInstanceOf(Error);
    }
  });

  test('and reads one that cannot be written', () => {
    const tracer = create();
    const span = tracer.startSpan('a').setBaggageItem('b', 'c');
    const carrier = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
    const context = tracer.extract(FORMAT_HTTP_HEADERS, Object.freeze(carrier));
    expect(context?.toSpanId()).toBeTypeOf('string');
  });
});

describe.each([
  ['MockTracer', () => new MockTracer()],
  ['BasicTracer', () => new BasicTracer()],
])('%s throws an InvalidCarrierError with its cause', (_name, create) => {
  test.each(THROWING_BYTES)('when it extracts from %s', (_carrier, carrier) => {
    const error = thrownBy(() => create().extract(FORMAT_BINARY, carrier()));
    expect(error).toBeInstanceOf(InvalidCarrierError);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test.each([
    ['a frozen one', () => Object.freeze(new BinaryCarrier())],
    ['a proxy that throws', () => new Proxy(new BinaryCarrier(), traps)],
  ])('when it injects into %s', (_carrier, carrier) => {
    const tracer = create();
    const error = thrownBy(() => tracer.inject(tracer.startSpan('a'), FORMAT_BINARY, carrier()));
    expect(error).toBeInstanceOf(InvalidCarrierError);
    expect(error.cause).toBeInstanceOf(Error);
  });

  test('but not for what came over the wire', () => {
    for (const bytes of [
      [0, 0],
      [0, 0, 0, 9, 1],
      [255, 255, 255, 255],
    ]) {
      const carrier = new BinaryCarrier(bytes);
      const error = thrownBy(() => create().extract(FORMAT_BINARY, carrier));
      expect(error).toBeInstanceOf(SpanContextCorruptedError);
    }
  });
});

test('what the other tracer throws goes on unchanged', () => {
  const foreign = { ...foreignTracer(), inject: fail, extract: fail };
  const tracer = withScopes(foreign, new ThreadLocalScopeManager());
  const span = tracer.startSpan('a');
  expect(thrownBy(() => tracer.inject(span, FORMAT_HTTP_HEADERS, {}))).toBe(cause);
  expect(thrownBy(() => tracer.extract(FORMAT_HTTP_HEADERS, {}))).toBe(cause);
});

describe('the standard propagators inject the context of any tracer', () => {
  const context = new MockTracer({ firstId: 10 })
    .startSpan('a')
    .setBaggageItem('customer', 'ada')
    .context();

  test.each([
    ['b3', { b3: '000000000000000a-000000000000000b' }],
    ['b3multi', { 'x-b3-traceid': '000000000000000a', 'x-b3-spanid': '000000000000000b' }],
    ['tracecontext', { traceparent: `00-${'a'.padStart(32, '0')}-${'b'.padStart(16, '0')}-00` }],
    ['baggage', { baggage: 'customer=ada' }],
  ] as const)('%s', (name, expected) => {
    const carrier = {};
    textPropagator([name]).inject(context, carrier);
    expect(carrier).toEqual(expected);
  });

  test('and nothing for what is no context', () => {
    for (const value of [null, undefined, 5, {}, revoked()]) {
      const carrier = {};
      textPropagator(PROPAGATION_FORMATS).inject(value as SpanContext, carrier);
      expect(carrier).toEqual({});
    }
  });

  test('with MockTracer, whose trees then reach across the carrier', () => {
    const tracer = new MockTracer();
    tracer.registerPropagator(FORMAT_HTTP_HEADERS, textPropagator(['b3multi']));
    const headers = new Headers();
    tracer.inject(tracer.startSpan('call'), FORMAT_HTTP_HEADERS, headers);
    const parent = tracer.extract(FORMAT_HTTP_HEADERS, headers);
    tracer.startSpan('serve', { childOf: parent });
    expect(tracer.formatTrees()).toBe('call (unfinished)\n└ serve (unfinished)');
  });
});

function thrownBy(fn: () => unknown): Error {
  try {
    fn();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** A tracer as for `opentracing@0.14`, which carries one id. */
function foreignTracer(): object {
  const context = { id: 'f' };
  const span = {
    context: () => context,
    setBaggageItem: () => span,
    getBaggageItem: () => undefined,
  } as unknown as Span;
  return {
    startSpan: () => span,
    inject(_context: unknown, _format: string, carrier: Record<string, string>) {
      carrier.id = 'f';
    },
    extract: (_format: string, carrier: Record<string, string>) => ({ id: carrier.id }),
  };
}
