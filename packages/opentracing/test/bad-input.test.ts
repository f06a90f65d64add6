import fc from 'fast-check';
import * as library from 'opentracing-ts';
import {
  BinaryCarrier,
  childOf,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  Reference,
  type Span,
  startChildSpan,
  Tracer,
  withScopes,
} from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { encodeZipkinJson } from 'opentracing-ts/exporters';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { describe, expect, test } from 'vitest';

const fail = () => {
  throw new Error('hostile');
};
const circular: Record<string, unknown> = {};
circular.self = circular;
const traps = Object.fromEntries(Object.getOwnPropertyNames(Reflect).map((name) => [name, fail]));

/** Values that are of no type that is asked for, and may be looked at. */
const ODD: Record<string, unknown> = {
  undefined: undefined,
  null: null,
  NaN: Number.NaN,
  'a negative number': -1,
  'a boolean': true,
  'no text': '',
  'long text': 'x'.repeat(1_000_000),
  'a symbol': Symbol('s'),
  'a bigint': 10n,
  'a frozen object': Object.freeze({ a: 1 }),
  'an object without a prototype': Object.create(null),
  'a circular object': circular,
  'an object with the key __proto__': JSON.parse('{"__proto__": {"polluted": 1}}'),
  'a list of odd values': [null, undefined, 5, 'x', {}, [[1]], { referencedContext: () => 7 }],
  'a function': () => 1,
  'a date that is none': new Date(Number.NaN),
};

/** Values that throw when they are looked at. */
const HOSTILE: Record<string, unknown> = {
  'a proxy that throws': new Proxy({}, traps),
  'a proxy of a function that throws': new Proxy(() => 1, traps),
  'a getter that throws': {
    get event() {
      return fail();
    },
  },
  'an object that is no text': { toString: fail, valueOf: fail, toJSON: fail },
  'a proxy that was revoked': revoked({}),
  'a list that was revoked': revoked([]),
  'an object whose every property throws': everyProperty(fail),
  'an object whose every method throws': everyProperty(() => fail),
  'an object whose every method returns what is no text': everyProperty(() => () => ({
    toString: fail,
  })),
  'a list whose entries throw': [everyProperty(fail), everyProperty(() => fail)],
};

interface Uses {
  [argument: string]: (tracer: Tracer, value: never) => unknown;
}

const TAKES_ANY: Uses = {
  'the operation name': (tracer, value) => tracer.startSpan(value).finish(),
  'a new operation name': (tracer, value) => tracer.startSpan('a').setOperationName(value).finish(),
  'the options': (tracer, value) => tracer.startSpan('a', value).finish(),
  'the options of an active span': (tracer, value) => tracer.startActiveSpan('a', value).close(),
  'the options of a child': (tracer, value) =>
    startChildSpan(tracer.startSpan('a'), 'b', value).finish(),
  ignoreActiveSpan: (tracer, value) => tracer.startSpan('a', { ignoreActiveSpan: value }),
  finishOnClose: (tracer, value) => tracer.startActiveSpan('a', { finishOnClose: value }).close(),
  'the parent': (tracer, value) => tracer.startSpan('a', { childOf: value }).finish(),
  'the references': (tracer, value) => tracer.startSpan('a', { references: value }).finish(),
  'a reference': (tracer, value) => tracer.startSpan('a', { references: [value] }).finish(),
  'the context of a reference': (tracer, value) =>
    tracer.startSpan('a', { references: [childOf(value), new Reference(value, value)] }).finish(),
  tags: (tracer, value) => tracer.startSpan('a', { tags: value }).finish(),
  'the key of a tag': (tracer, value) => tracer.startSpan('a').setTag(value, 1).finish(),
  'the fields of a log': (tracer, value) => tracer.startSpan('a').log(value).finish(),
  'the key of a baggage item': (tracer, value) => {
    const span = tracer.startSpan('a').setBaggageItem(value, 'b');
    span.getBaggageItem(value);
    tracer.startSpan('b', { childOf: span }).finish();
  },
  'the value of a baggage item': (tracer, value) => {
    const span = tracer.startSpan('a').setBaggageItem('b', value);
    tracer.startSpan('b', { childOf: span }).finish();
  },
  'a span to activate': (tracer, value) => {
    const scope = tracer.scopeManager.activate(value, true);
    tracer.startSpan('a').finish();
    scope.close();
  },
  'a span to be active for a function': (tracer, value) => {
    for (const finishOnClose of [true, false]) {
      const start = () => tracer.startActiveSpan('a').close() ?? 'done';
      expect(tracer.scopeManager.withActive(value, start, finishOnClose)).toBe('done');
    }
  },
  'the context to inject': (tracer, value) => {
    tracer.inject(value, FORMAT_TEXT_MAP, {});
    tracer.inject(value, FORMAT_HTTP_HEADERS, {});
    tracer.inject(value, FORMAT_BINARY, new BinaryCarrier());
  },
  'the parent of startChildSpan': (_tracer, value) => startChildSpan(value, 'a').finish(),
  'the start time': (tracer, value) => tracer.startSpan('a', { startTime: value }).finish(),
  'the finish time': (tracer, value) => tracer.startSpan('a').finish(value),
  'the time of a log': (tracer, value) => tracer.startSpan('a').log({ a: 1 }, value).finish(),
  'the sampling priority': (tracer, value) =>
    tracer.startSpan('a').setTag('sampling.priority', value).finish(),
  'tags to add': (tracer, value) => tracer.startSpan('a').addTags(value).finish(),
  'the value of a tag': (tracer, value) =>
    tracer
      .startSpan('a', { tags: { a: value, 'peer.port': value } })
      .setTag('b', value)
      .finish(),
  'the value of a log field': (tracer, value) =>
    tracer.startSpan('a').log({ event: value, message: value }).finish(),
  'an error': (tracer, value) => tracer.startSpan('a').logError(value).finish(),
  'what a function with a span returns': (tracer, value) => tracer.withActiveSpan('a', () => value),
  'what a function with a span throws': (tracer, value) => {
    let thrown: unknown;
    try {
      tracer.withActiveSpan('a', () => {
        throw value;
      });
    } catch (error) {
      thrown = error;
    }
    expect(Object.is(thrown, value)).toBe(true);
  },
  'a span that throws when it is asked for its context': (tracer, value) => {
    const span = {
      context() {
        throw value;
      },
    } as unknown as Span;
    tracer.startSpan('a', { childOf: span, references: [childOf(span)] }).finish();
  },
};

/** The tracers whose spans can be looked at. */
type Recording = BasicTracer | MockTracer;

const recorder = new InMemoryRecorder();
const TRACERS: Record<string, () => Tracer> = {
  'the no-op tracer': () => new Tracer(new ThreadLocalScopeManager()),
  'the global tracer before there is one': () => library.globalTracer(),
  MockTracer: () => new MockTracer(new AsyncLocalStorageScopeManager()),
  BasicTracer: () => new BasicTracer({ recorder }),
  'a tracer of 0.14 with scopes': () => withScopes(foreignTracer(), new ThreadLocalScopeManager()),
};

describe.each(Object.entries(TRACERS))('%s throws nothing', (_name, create) => {
  test.each(Object.entries(TAKES_ANY))('for odd values as %s', (_use, use) => {
    for (const value of Object.values(ODD)) {
      use(create(), value as never);
    }
  });

  test.each(Object.entries(TAKES_ANY))('for values that throw as %s', (_use, use) => {
    for (const value of Object.values(HOSTILE)) {
      use(create(), value as never);
    }
  });

  test('for anything at all as a tag, a log or an error', () => {
    const anything = fc.anything({ withBigInt: true, withNullPrototype: true, withDate: true });
    fc.assert(
      fc.property(fc.string(), anything, (key, value) => {
        const span = create().startSpan(key, { tags: { [key]: value } });
        span
          .log({ [key]: value })
          .logError(value)
          .finish();
      }),
    );
  });
});

test('the encoder takes whatever was recorded, so that one span never spoils its batch', () => {
  const spans = new InMemoryRecorder();
  const tracer = new BasicTracer({ recorder: spans });
  const values = [...Object.values(ODD), ...Object.values(HOSTILE)] as never[];
  for (const value of values) {
    const span = tracer.startSpan(value, { tags: { a: value, 'peer.port': value, error: true } });
    span.setTag(value, 1).log(value).log({ event: 'error', message: value });
    span.log({ event: 'a' }, value).finish();
  }
  const encoded = new TextDecoder().decode(encodeZipkinJson(spans.spans, { serviceName: 'a' }));
  const decoded: { name: unknown; tags?: { error?: unknown } }[] = JSON.parse(encoded);
  expect(decoded).toHaveLength(values.length);
  for (const span of decoded) {
    expect(typeof span.name).toBe('string');
    expect(span.tags?.error).toBeDefined();
  }
});

describe.each([
  ['MockTracer', (): Recording => new MockTracer({ firstId: 1 })],
  ['BasicTracer', (): Recording => new BasicTracer({ recorder })],
])('%s starts a span with what can be read of its options', (_name, create) => {
  test('one that throws is as if it were not there', () => {
    const tracer = create();
    const parent = tracer.startSpan('parent');
    const options = Object.defineProperty({ childOf: parent, tags: { a: 1 } }, 'startTime', {
      get: fail,
    });
    const span = tracer.startSpan('child', options);
    expect(span.parentId).toBe(parent.context().toSpanId());
    expect(span.tags).toEqual({ a: 1 });
  });

  test('a parent that cannot be read is ignored, and the active span is the parent', () => {
    const tracer = create();
    const scope = tracer.startActiveSpan('active');
    const active = scope.span.context().toSpanId();
    for (const value of [...Object.values(HOSTILE), 5, {}, { toTraceId: fail, toSpanId: fail }]) {
      const hostile = value as Span;
      expect(tracer.startSpan('a', { childOf: hostile }).parentId).toBe(active);
      expect(tracer.startSpan('a', { references: [childOf(hostile)] }).parentId).toBe(active);
    }
    scope.close();
  });

  test('a reference that cannot be read leaves the others', () => {
    const tracer = create();
    const other = tracer.startSpan('other').context();
    const hostile = { type: fail, referencedContext: () => other } as unknown as Reference;
    const references = [hostile, ...(Object.values(HOSTILE) as Reference[]), childOf(other)];
    const span = tracer.startSpan('a', { references });
    expect(span.parentId).toBe(other.toSpanId());
    expect(span.references).toHaveLength(1);
  });

  test('a list of references is kept up to where it throws', () => {
    const tracer = create();
    const other = tracer.startSpan('other');
    const references = Object.defineProperty([childOf(other), childOf(other)], 1, { get: fail });
    expect(tracer.startSpan('a', { references }).references).toHaveLength(1);
  });

  test('the baggage of another tracer is kept up to an item that throws', () => {
    const tracer = create();
    const baggage = Object.defineProperty({ a: 'b', n: 1, odd: { toString: fail } }, 'z', {
      get: fail,
      enumerable: true,
    });
    const foreign = { toTraceId: () => 'a', toSpanId: () => 'b', baggage } as unknown as Span;
    const span = tracer.startSpan('a', { childOf: foreign });
    expect({ ...span.context().baggage }).toEqual({ a: 'b', n: '1' });
  });

  test('a context with a `_trace` of its own is that of another library', () => {
    const foreign = { _trace: { started: [] }, toTraceId: () => 'a', toSpanId: () => 'b' };
    const span = create().startSpan('a', { childOf: foreign as unknown as Span });
    expect(span.context().toTraceId().padStart(32, '0')).toBe('a'.padStart(32, '0'));
    expect(span.startTime).toBeGreaterThan(0);
  });

  test('a tag or a baggage item whose key has no text is left out', () => {
    const key = HOSTILE['an object that is no text'] as string;
    const span = create().startSpan('a').setBaggageItem('a', 'b').setBaggageItem(key, 'c');
    span.setTag('a', 1).setTag(key, 2);
    expect({ ...span.context().baggage }).toEqual({ a: 'b' });
    expect(span.getBaggageItem(key)).toBeUndefined();
    expect(span.tags).toEqual({ a: 1 });
  });
});

test('a tracer of 0.14 gets what can be read of the options', () => {
  const given: object[] = [];
  const foreign = { ...foreignTracer(), startSpan: start };
  function start(_name: string, options: object) {
    given.push(options);
    return (foreignTracer() as Tracer).startSpan('a');
  }
  const tags = Object.defineProperty({ a: 1 }, 'b', { get: fail, enumerable: true });
  const options = Object.defineProperty({ tags }, 'startTime', { get: fail });
  withScopes(foreign, new ThreadLocalScopeManager()).startSpan('a', options);
  expect(given).toEqual([{ tags: { a: 1 } }]);
});

test('tags that are given as text are no tags', () => {
  const span = new MockTracer().startSpan('a').addTags('text' as never);
  expect(span.tags).toEqual({});
});

test('tags are kept up to one that throws', () => {
  const tags = Object.defineProperty({ a: 1 }, 'b', { get: fail, enumerable: true });
  const span = new MockTracer().startSpan('a', { tags });
  expect(span.tags).toEqual({ a: 1 });
});

describe('wrong use is told of in one sentence with the value', () => {
  test.each([
    [null, 'null'],
    [undefined, 'undefined'],
    [10n, '10n'],
    [Symbol('s'), 'Symbol(s)'],
    ['', "''"],
    [circular, 'an object'],
  ])('a service name of %s', (serviceName, shown) => {
    expect(() => createZipkinTracer({ serviceName: serviceName as never })).toThrow(
      `The serviceName is ${shown};`,
    );
  });

  test.each([
    [Symbol('s'), 'Symbol(s)'],
    ['b4', "'b4'"],
    [null, 'null'],
  ])('a propagation format of %s', (format, shown) => {
    expect(() => new BasicTracer({ propagation: [format as never] })).toThrow(
      `The propagation format ${shown} is not known; use one of`,
    );
  });
});

/** An object of which `type`, `toTraceId` and so on are the same; a span it is not. */
function everyProperty(get: (key: string) => unknown): object {
  const isAsked = (key: string | symbol) => key !== 'then' && key !== 'context';
  return new Proxy(
    {},
    { get: (_, key) => (typeof key === 'string' && isAsked(key) ? get(key) : undefined) },
  );
}

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** As little as `opentracing@0.14` asks of a tracer, looking at nothing that it is given. */
function foreignTracer(): object {
  const span = {
    context: () => ({}),
    setTag: () => span,
    log: () => span,
    setOperationName: () => span,
    setBaggageItem: () => span,
    getBaggageItem: () => undefined,
    finish: () => undefined,
  };
  return { startSpan: () => span, inject: () => undefined, extract: () => null };
}
