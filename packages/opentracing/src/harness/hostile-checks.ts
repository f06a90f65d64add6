import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
} from '../propagation.js';
import { SpanContext } from '../span-context.js';
import type { Tracer } from '../tracer.js';
import { assert, assertSame } from './check.js';
import type { ApiCheck } from './subject.js';

const TEXT_FORMATS = [FORMAT_TEXT_MAP, FORMAT_HTTP_HEADERS];

/** @internal The rules for what comes from the wire, or from a program that is up to no good. */
export const HOSTILE_CHECKS: ApiCheck[] = [
  {
    name: 'text that is not a context gives null or a SpanContextCorruptedError, nothing else',
    run(subject) {
      const tracer = subject.tracer();
      for (const format of TEXT_FORMATS) {
        for (const name of namesOf(tracer, format)) {
          for (const value of HOSTILE_VALUES) {
            extractSafely(tracer, format, { [name]: value });
            extractSafely(tracer, format, { ...injected(tracer, format), [name]: value });
          }
        }
      }
    },
  },
  {
    name: 'a text carrier that lost one of its entries gives null or a SpanContextCorruptedError',
    run(subject) {
      const tracer = subject.tracer();
      for (const format of TEXT_FORMATS) {
        for (const name of namesOf(tracer, format)) {
          const carrier = injected(tracer, format);
          delete carrier[name];
          extractSafely(tracer, format, carrier);
        }
      }
    },
  },
  {
    name: 'bytes that are not a context give null or a SpanContextCorruptedError, nothing else',
    run(subject) {
      const tracer = subject.tracer();
      const carrier = new BinaryCarrier();
      tracer.inject(tracer.startSpan('Bender').setBaggageItem('a', 'b'), FORMAT_BINARY, carrier);
      const bytes = Array.from(carrier.buffer ?? []);
      for (let length = 0; length < bytes.length; length++) {
        extractSafely(tracer, FORMAT_BINARY, new BinaryCarrier(bytes.slice(0, length)));
        const flipped = [...bytes];
        flipped[length] = 255 - (bytes[length] as number);
        extractSafely(tracer, FORMAT_BINARY, new BinaryCarrier(Uint8Array.from(flipped)));
      }
      extractSafely(tracer, FORMAT_BINARY, new BinaryCarrier([-1, Number.NaN, 1e9]));
    },
  },
  {
    name: 'a carrier of odd entries breaks nothing',
    run(subject) {
      const tracer = subject.tracer();
      const odd: object[] = [
        JSON.parse('{"__proto__": "polluted", "constructor": "x", "toString": "y"}'),
        { a: null, b: undefined, c: 42, d: {}, e: ['x', 'y'], f: [1, null], g: () => 'z' },
        new Map<unknown, unknown>([
          [1, 2],
          [null, 'x'],
          ['__proto__', 'polluted'],
        ]),
        ['Host'],
        ['Host', 'example.test', 'X-Odd'],
        [undefined, null, 42, {}],
      ];
      for (const carrier of odd) {
        extractSafely(tracer, FORMAT_HTTP_HEADERS, carrier);
      }
      assertSame(Object.getPrototypeOf({}), Object.prototype, 'the prototype of objects');
      assertSame(({} as { polluted?: unknown }).polluted, undefined, 'a property of all objects');
    },
  },
  {
    name: 'baggage with hostile keys and values fits into HTTP headers and comes back',
    needs: ['baggage', 'ids'],
    run(subject) {
      const tracer = subject.tracer();
      const items: [string, string][] = [
        ['__proto__', 'polluted'],
        ['constructor', 'x'],
        ['line', 'a\r\nset-cookie: b=c\0'],
        ['key (with) "odd" characters,;:=@[]{}/\\?\r\n<>\u00e9', '1'],
        ['space', '  a  '],
        ['percent', '%zz %41'],
        ['lone', 'a\ud800b'],
      ];
      const span = tracer.startSpan('Bender');
      for (const [key, value] of items) {
        span.setBaggageItem(key, value);
      }
      const headers = new Headers();
      tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
      const carrier: Record<string, string> = {};
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      for (const [name, value] of Object.entries(carrier)) {
        assert(/^[!#$%&'*+.^_`|~\w-]+$/.test(name), `'${name}' should be the name of a header.`);
        assert(/^[\x21-\x7e]([\t\x20-\x7e]*[\x21-\x7e])?$/.test(value), `'${value}' is no value.`);
      }
      for (const from of [headers, carrier]) {
        const baggage = tracer.extract(FORMAT_HTTP_HEADERS, from)?.baggage ?? {};
        const names = new Set(items.map(([key]) => key));
        for (const key of Object.keys(baggage)) {
          assert(names.has(key), `The item '${key}' was set under another name.`);
        }
        for (const [key, value] of items) {
          const found = Object.hasOwn(baggage, key) ? baggage[key] : undefined;
          // W3C Baggage has no way to write such a key, so the item may be left out.
          if (found === undefined && key.includes(' ')) {
            continue;
          }
          assertSame(found, value.replace('\ud800', '\ufffd'), `the item '${key}'`);
        }
      }
      assertSame(({} as { polluted?: unknown }).polluted, undefined, 'a property of all objects');
    },
  },
  {
    name: 'injecting a context of nothing writes no ids and throws nothing',
    needs: ['ids'],
    run(subject) {
      const tracer = subject.tracer();
      for (const format of TEXT_FORMATS) {
        const carrier = {};
        tracer.inject(new SpanContext(), format, carrier);
        assertSame(tracer.extract(format, carrier), null, `what is extracted from ${format}`);
      }
      const binary = new BinaryCarrier();
      tracer.inject(new SpanContext(), FORMAT_BINARY, binary);
      assertSame(tracer.extract(FORMAT_BINARY, binary), null, 'what is extracted from the bytes');
    },
  },
  {
    name: 'logError takes any value, one that throws when it is looked at included',
    run(subject) {
      const fail = () => {
        throw new Error('expected');
      };
      const hostile = new Proxy({}, { get: fail, getPrototypeOf: fail, has: fail, ownKeys: fail });
      const values = [undefined, null, '', 0, Symbol('s'), 10n, {}, [], Object.create(null)];
      const strange = Object.assign(new Error('strange'), { message: 1, name: {}, stack: null });
      for (const value of [...values, () => 1, hostile, strange]) {
        const span = subject.tracer().startSpan('Fry');
        assertSame(span.logError(value), span, 'the result');
        span.finish();
      }
    },
  },
  {
    name: 'the error tag and the error itself are recorded whatever the value',
    needs: ['recorded'],
    run(subject) {
      for (const value of [undefined, null, 'text', 42, {}, Object.create(null)]) {
        const span = subject.tracer().startSpan('Fry').logError(value);
        const { tags, logs } = subject.recorded(span);
        assertSame(tags.error, true, 'the error tag');
        assertSame(logs[0]?.fields.event, 'error', 'the event');
        assertSame(logs[0]?.fields['error.object'], value, 'error.object');
        span.finish();
      }
    },
  },
  {
    name: 'tags and log fields hold the keys of prototypes like any other',
    needs: ['recorded'],
    run(subject) {
      const hostile = JSON.parse('{"__proto__": "polluted", "constructor": "x"}');
      const span = subject.tracer().startSpan('Fry', { tags: hostile }).log(hostile);
      const { tags, logs } = subject.recorded(span);
      for (const recorded of [tags, logs[0]?.fields ?? {}]) {
        const entries = new Map(Object.entries(recorded));
        assertSame(entries.get('__proto__'), 'polluted', 'the value of __proto__');
        assertSame(entries.get('constructor'), 'x', 'the value of constructor');
      }
      span.finish();
    },
  },
];

const HOSTILE_VALUES = [
  '',
  ' ',
  '0',
  'z',
  '-1',
  '0x1',
  '1e3',
  '00000000000000000000000000000000',
  'f'.repeat(1_000),
  '%',
  '%E0%A4%A',
  '\u0000',
  '\ud800',
  ',,,',
  'a=b;c',
  '1-2-3-4-5-6-7',
  ':::',
];

/** A span with baggage, as a carrier. */
function injected(tracer: Tracer, format: string): Record<string, string> {
  const carrier: Record<string, string> = {};
  tracer.inject(tracer.startSpan('Bender').setBaggageItem('a', 'b'), format, carrier);
  return carrier;
}

function namesOf(tracer: Tracer, format: string): string[] {
  return Object.keys(injected(tracer, format));
}

/** What is extracted is fit to be a parent, or it is corrupted. */
function extractSafely(tracer: Tracer, format: string, carrier: object): void {
  try {
    const context = tracer.extract(format, carrier);
    tracer.startSpan('Leela', { childOf: context }).finish();
    Object.entries(context?.baggage ?? {});
  } catch (error) {
    assert(
      error instanceof Error && error.name === 'SpanContextCorruptedError',
      `extract should throw nothing but SpanContextCorruptedError, but throws ${error}.`,
    );
  }
}
