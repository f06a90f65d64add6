import { validateHeaderName, validateHeaderValue } from 'node:http';
import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  type SpanContext,
  SpanContextCorruptedError,
} from 'opentracing-ts';
import { type BasicSpanContext, BasicTracer } from 'opentracing-ts/basictracer';
import { PROPAGATION_FORMATS, type PropagationFormat } from 'opentracing-ts/propagation';

const ORDERS: PropagationFormat[][] = [
  ...PROPAGATION_FORMATS.map((name) => [name]),
  [...PROPAGATION_FORMATS],
  [...PROPAGATION_FORMATS].reverse(),
  ['b3multi', 'baggage'],
  ['tracecontext', 'baggage'],
  ['ottrace', 'b3'],
];
const TRACERS = ORDERS.map((names) => new BasicTracer({ propagation: names }));

const TRACE = '463ac35c9f6413ad48485a3953bb6124';
const SPAN = 'a2fb4a1d1a96d312';
const VALID: [string, string][] = [
  ['b3', `${TRACE}-${SPAN}-1-0020000000000001`],
  ['b3', `${TRACE}-${SPAN}`],
  ['b3', 'd'],
  ['x-b3-traceid', TRACE],
  ['x-b3-spanid', SPAN],
  ['x-b3-sampled', '1'],
  ['x-b3-flags', '1'],
  ['traceparent', `00-${TRACE}-${SPAN}-01`],
  ['tracestate', 'congo=t61rcWkgMzE, rojo=00f067aa0ba902b7'],
  ['baggage', 'user=ada%20l;secret=1 , tier = gold,__proto__=x,constructor=%ff'],
  ['uber-trace-id', `${TRACE}:${SPAN}:0:1`],
  ['uberctx-user', 'ada%20l'],
  ['uberctx-__proto__', 'x'],
  ['jaeger-baggage', 'a=1, __proto__=2'],
  ['jaeger-debug-id', 'ticket 42'],
  ['ot-tracer-traceid', TRACE],
  ['ot-tracer-spanid', SPAN],
  ['ot-tracer-sampled', 'true'],
  ['ot-baggage-user', 'ada%20l'],
  ['ot-baggage-__proto__', '%7B%7D'],
  ['__proto__', 'x'],
  ['constructor', 'x'],
];
const PIECES = [
  ...'0123456789abcdefABCDEFg-_:;,=%."\\(){} \t\r\n\0\u007f\u0080é大\ud800\udc00\ufeff',
  '\r\nx-evil: 1',
  '%0d%0a',
  '%00',
  '%ff',
  '%c3%28',
  '%ed%a0%80',
  '__proto__',
  '=polluted,',
  TRACE,
  SPAN,
  '0'.repeat(32),
  'x'.repeat(3000),
  'k=v,'.repeat(100),
];
const ODD_VALUES = [undefined, null, 7, Number.NaN, true, {}, [], Symbol.iterator, () => 'x', 1n];
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const SAFE = /^[\t\x20-\x7e]*$/;
const IDS = /^(?:(?:[0-9a-f]{16}){1,2}-[0-9a-f]{16}|-)$/;
const MAX_BYTES = 8192;
/** How often a check that takes long is made: once in so many cases. */
const SELDOM = 64;

/**
 * Extracts from so many random carriers, injects what came of them, and extracts it again.
 *
 * @param seed - of the carriers; the same one gives the same carriers
 * @throws Error that names the seed, the number of the case and its carrier
 */
export function tryRandomHeaders(count: number, seed: number): void {
  const random = generator(seed);
  const builtIns = JSON.stringify(Reflect.ownKeys(Object.prototype).map(String));
  for (let i = 0; i < count; i++) {
    let carrier: unknown;
    try {
      const tracer = random.of(TRACERS);
      const format = random.below(4) === 0 ? FORMAT_TEXT_MAP : FORMAT_HTTP_HEADERS;
      carrier = random.below(8) === 0 ? randomBytes(random) : randomCarrier(random);
      const used = carrier instanceof BinaryCarrier ? FORMAT_BINARY : format;
      tryCarrier(tracer, used, carrier, i % SELDOM === 0);
      if (i % SELDOM === 0) {
        const now = JSON.stringify(Reflect.ownKeys(Object.prototype).map(String));
        ensure(now === builtIns, `Object.prototype has ${now}`);
      }
    } catch (cause) {
      const text = carrier instanceof Map ? [...carrier] : carrier;
      const shown = JSON.stringify(text, (_, value) =>
        typeof value === 'symbol' || typeof value === 'bigint' ? String(value) : value,
      );
      throw new Error(`Seed ${seed}, case ${i}: ${(cause as Error).message}, of ${shown}`, {
        cause,
      });
    }
  }
}

function tryCarrier(tracer: BasicTracer, format: string, carrier: unknown, thorough: boolean) {
  const context = extract(tracer, format, carrier);
  if (context === null) {
    return;
  }
  checkContext(context);
  const first = inject(tracer, context, format, thorough);
  const again = extract(tracer, format, first);
  if (again !== null) {
    checkContext(again);
    // W3C and Jaeger cannot say that the decision is open, and long baggage is cut in each format.
    const isOpen = (context as BasicSpanContext).sampled === undefined;
    const text = textOf(first);
    const second = textOf(inject(tracer, again, format, false));
    ensure(isOpen || text.length > MAX_BYTES / 2 || second === text, `${text} became ${second}`);
  }
  const span = tracer.startSpan('serve', { childOf: context });
  ensure(/^(?:[0-9a-f]{16}){1,2}$/.test(span.context().toTraceId()), 'the span has no trace id');
}

/** No encoding can carry half a surrogate pair, which JSON escapes. */
function textOf(carrier: object): string {
  // In any order, as items of baggage that some formats cannot name change their place among the others.
  const sorted = Object.fromEntries(Object.entries(carrier).sort());
  return JSON.stringify(sorted).replace(/\\ud[89a-f][0-9a-f]{2}/g, '\ufffd');
}

function extract(tracer: BasicTracer, format: string, carrier: unknown): SpanContext | null {
  try {
    return tracer.extract(format, carrier);
  } catch (error) {
    if (error instanceof SpanContextCorruptedError) {
      return null;
    }
    throw error;
  }
}

function checkContext(context: SpanContext): void {
  const ids = `${context.toTraceId()}-${context.toSpanId()}`;
  ensure(IDS.test(ids) && !/^0+-|-0+$/.test(ids), `the ids are ${ids}`);
  const { baggage } = context;
  ensure(Object.getPrototypeOf(baggage) === null, 'the baggage has a prototype');
  let items = 0;
  let size = 0;
  for (const key in baggage) {
    ensure(typeof baggage[key] === 'string', `the item ${key} is no text`);
    items++;
    size += key.length + (baggage[key] as string).length;
  }
  ensure(items <= 64 && size <= MAX_BYTES, `the baggage has ${items} items of ${size} characters`);
}

function inject(tracer: BasicTracer, context: SpanContext, format: string, thorough: boolean) {
  if (format === FORMAT_BINARY) {
    const binary = new BinaryCarrier();
    tracer.inject(context, format, binary);
    return binary;
  }
  const carrier: Record<string, string> = {};
  tracer.inject(context, format, carrier);
  if (format === FORMAT_HTTP_HEADERS) {
    for (const [name, value] of Object.entries(carrier)) {
      ensure(TOKEN.test(name) && SAFE.test(value), `the header ${name}: ${value} was injected`);
      if (thorough) {
        validateHeaderName(name);
        validateHeaderValue(name, value);
      }
    }
    if (thorough) {
      tracer.inject(context, format, new Headers());
    }
  }
  return carrier;
}

/** Headers that were valid, most of them, before something happened to some. */
function randomCarrier(random: Random): object {
  const entries: [string, unknown][] = [];
  for (let i = random.below(8); i >= 0; i--) {
    const [name, value] = random.of(VALID);
    entries.push([
      random.below(6) === 0 ? mutated(random, name) : name,
      random.below(40) === 0
        ? random.of(ODD_VALUES)
        : random.below(2) === 0
          ? mutated(random, value)
          : value,
    ]);
  }
  switch (random.below(6)) {
    case 0:
      return new Map(entries);
    case 1:
      return entries.flat();
    case 2:
      return entries;
    case 3:
      return Object.assign(Object.create(null), Object.fromEntries(entries));
    default:
      return Object.fromEntries(entries);
  }
}

function mutated(random: Random, text: string): string {
  let result = text;
  for (let i = random.below(3); i >= 0; i--) {
    const at = random.below(result.length + 1);
    switch (random.below(6)) {
      case 0:
        result = result.slice(0, at);
        break;
      case 1:
        result = result.slice(0, at) + result.slice(at + 1);
        break;
      case 2:
        result = result.toUpperCase();
        break;
      case 3:
        result = result.slice(0, at) + random.of(PIECES) + result.slice(at);
        break;
      case 4:
        result = `${result}${random.of([',', ', ', '-', ''])}${result}`;
        break;
      default:
        result = result.slice(0, at) + random.of(PIECES) + result.slice(at + 1);
    }
  }
  return result;
}

/** A `TracerState` with some of its bytes changed, cut or added. */
function randomBytes(random: Random): BinaryCarrier {
  const tracer = TRACERS[0] as BasicTracer;
  const span = tracer.startSpan('send').setBaggageItem('user', 'ada').setBaggageItem('é', '');
  const carrier = new BinaryCarrier();
  tracer.inject(span, FORMAT_BINARY, carrier);
  const bytes = [...(carrier.buffer as Uint8Array)];
  for (let i = random.below(4); i > 0; i--) {
    const at = random.below(bytes.length);
    bytes.splice(at, random.below(3), ...(random.below(2) === 0 ? [random.below(256)] : []));
  }
  if (random.below(4) === 0) {
    // A number without an end.
    bytes.splice(random.below(bytes.length), 0, ...new Array(random.below(200)).fill(0x80));
  }
  if (random.below(2) === 0) {
    bytes.splice(0, 4, 0, 0, 0, Math.max(bytes.length - 4, 0));
  }
  return new BinaryCarrier(random.below(2) === 0 ? bytes : Uint8Array.from(bytes));
}

interface Random {
  below(end: number): number;
  of<T>(list: readonly T[]): T;
}

/** The generator known as mulberry32. */
function generator(seed: number): Random {
  let state = seed | 0;
  const below = (end: number) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (((mixed ^ (mixed >>> 14)) >>> 0) % 0x100000000) % end;
  };
  return { below, of: (list) => list[below(list.length)] as (typeof list)[number] };
}

function ensure(condition: boolean, otherwise: string): void {
  if (!condition) {
    throw new Error(otherwise);
  }
}
