// What the cases of the encoders share: the spans that they encode, and the least code that writes
// them as bytes, which their floors use.

import { createRandom } from './floor.mjs';

/** How many spans a batch has. */
export const BATCH = 1000;
const START = 1_790_000_000_000;

/** Five tags, as a key and a value each, the log, and the time of a child span. */
export const SHAPE = {
  serviceName: 'bench',
  name: 'query',
  tags: /** @type {const} */ ([
    ['component', 'pg'],
    ['db.type', 'sql'],
    ['db.instance', 'shop'],
    ['rows', 3],
    ['ok', true],
  ]),
  event: 'fetched',
};

/** When the span with this number starts, logs and ends, in milliseconds. */
const timesOf = (i) => ({ start: START + i * 0.123, logged: START + i * 0.123 + 0.5, ms: 1.234 });

/** The spans as the floor of the case `recorded` has them. */
export function plainSpans() {
  const random = createRandom();
  const [t0, t1, t2, t3, p0, p1] = Array.from({ length: 6 }, random);
  return Array.from({ length: BATCH }, (_, i) => {
    const { start, logged, ms } = timesOf(i);
    return {
      t0,
      t1,
      t2,
      t3,
      s0: random(),
      s1: random(),
      p0,
      p1,
      name: SHAPE.name,
      start,
      duration: ms,
      tags: /** @type {any[]} */ (SHAPE.tags.flat()),
      logs: /** @type {any[]} */ ([logged, { event: SHAPE.event }]),
    };
  });
}

/** The same spans, recorded by our tracer. */
export async function ourSpans() {
  const { BasicTracer, InMemoryRecorder } = await import('opentracing-ts/basictracer');
  const recorder = new InMemoryRecorder();
  const tracer = new BasicTracer({ recorder, traceId128: true });
  const parent = tracer.startSpan('parent');
  for (let i = 0; i < BATCH; i++) {
    const { start, logged, ms } = timesOf(i);
    const span = tracer.startSpan(SHAPE.name, { childOf: parent, startTime: start });
    for (const [key, value] of SHAPE.tags) {
      span.setTag(key, value);
    }
    span.log({ event: SHAPE.event }, logged);
    span.finish(start + ms);
  }
  return recorder.spans;
}

/** The same spans, recorded by OpenTelemetry. */
export async function openTelemetrySpans() {
  const { trace, context } = await import('@opentelemetry/api');
  const { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } = await import(
    '@opentelemetry/sdk-trace-base'
  );
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
  const tracer = provider.getTracer('bench');
  const parent = trace.setSpan(context.active(), tracer.startSpan('parent'));
  for (let i = 0; i < BATCH; i++) {
    const { start, logged, ms } = timesOf(i);
    const span = tracer.startSpan(SHAPE.name, { startTime: start }, parent);
    for (const [key, value] of SHAPE.tags) {
      span.setAttribute(key, value);
    }
    span.addEvent(SHAPE.event, logged);
    span.end(start + ms);
  }
  await provider.forceFlush();
  return exporter.getFinishedSpans();
}

const SPECIAL = new Set([
  'span.kind',
  'error',
  'peer.service',
  'peer.ipv4',
  'peer.ipv6',
  'peer.port',
]);
const E = 101;
const P = 112;
const S = 115;

/**
 * Whether a tag is none in the formats, as each encoder has to ask. None of the case is.
 *
 * @param {string} key
 */
export function isSpecial(key) {
  const first = key.charCodeAt(0);
  return (first === E || first === P || first === S) && SPECIAL.has(key);
}

/**
 * Whether the tag at `i` was set again, which the floor of the case `recorded` leaves to whoever reads.
 *
 * @param {any[]} tags
 * @param {number} i
 */
export function isSetAgain(tags, i) {
  for (let later = i + 2; later < tags.length; later += 2) {
    if (tags[later] === tags[i]) {
      return true;
    }
  }
  return false;
}

/**
 * The event of a log, which may have other fields; that of the case has none.
 *
 * @param {any} fields
 */
export function eventOf(fields) {
  for (const key in fields) {
    if (key !== 'event') {
      return JSON.stringify(fields);
    }
  }
  return fields.event;
}

const DIGITS = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const encoder = new TextEncoder();

/** @param {string} text */
export const utf8 = (text) => encoder.encode(text);

/*
 * Each takes the buffer and where to write in it, and returns where that ends. The buffer is large
 * enough for the batch.
 */

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {Uint8Array} values
 */
export function raw(bytes, at, values) {
  for (let i = 0; i < values.length; i++) {
    bytes[at + i] = values[i];
  }
  return at + values.length;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} word
 */
export function hex32(bytes, at, word) {
  bytes[at] = DIGITS[word >>> 28];
  bytes[at + 1] = DIGITS[(word >>> 24) & 15];
  bytes[at + 2] = DIGITS[(word >>> 20) & 15];
  bytes[at + 3] = DIGITS[(word >>> 16) & 15];
  bytes[at + 4] = DIGITS[(word >>> 12) & 15];
  bytes[at + 5] = DIGITS[(word >>> 8) & 15];
  bytes[at + 6] = DIGITS[(word >>> 4) & 15];
  bytes[at + 7] = DIGITS[word & 15];
  return at + 8;
}

/**
 * 32 bits, the highest byte first, as ids are written in protobuf.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} word
 */
export function id32(bytes, at, word) {
  bytes[at] = word >>> 24;
  bytes[at + 1] = word >>> 16;
  bytes[at + 2] = word >>> 8;
  bytes[at + 3] = word;
  return at + 4;
}

/**
 * 32 bits, the lowest byte first.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} word
 */
export function fixed32(bytes, at, word) {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
  return at + 4;
}

/**
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {number} value
 */
export function varint(bytes, at, value) {
  let rest = value;
  let end = at;
  while (rest >= 0x80) {
    bytes[end++] = (rest & 0x7f) | 0x80;
    rest >>>= 7;
  }
  bytes[end++] = rest;
  return end;
}

/**
 * A string of protobuf that has less than 128 bytes; other text takes the long way.
 *
 * @param {Uint8Array} bytes
 * @param {number} at
 * @param {string} text
 */
export function protoText(bytes, at, text) {
  const { length } = text;
  const start = at + 1;
  if (length < 128) {
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 127) {
        break;
      }
      bytes[start + i] = code;
    }
    if (i === length) {
      bytes[at] = length;
      return start + length;
    }
  }
  const values = encoder.encode(text);
  return raw(bytes, varint(bytes, at, values.length), values);
}
