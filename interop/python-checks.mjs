import { deepStrictEqual } from 'node:assert/strict';
import { BinaryCarrier, FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from 'opentracing-ts';
import { BasicTracer, ConstSampler } from 'opentracing-ts/basictracer';
import { serving } from './support/http.mjs';

/**
 * @typedef {import('opentracing-ts/basictracer').BasicSpan} BasicSpan
 * @typedef {Record<string, string>} Baggage
 */

/**
 * A span as either side describes it.
 *
 * @typedef {object} Seen
 * @property {string} traceId
 * @property {string} spanId
 * @property {string | null} parentId
 * @property {boolean | undefined} sampled
 * @property {Baggage} baggage
 */

/**
 * The program in Python.
 *
 * @typedef {object} Peer
 * @property {string} url where it serves HTTP
 * @property {(order: Record<string, unknown>) => Promise<any>} order does what `peer.py` says
 */

/** @type {Baggage} What an HTTP header carries as it is. */
const PLAIN = { user: 'ada', 'shop-id': '42' };
/** @type {Baggage} What only the other carriers do. */
const ANY = { user: 'ada', Größe: 'zwei = 2, „fein“ 𝄞\n', empty: '' };
const VISITED = { python: 'was here' };

/**
 * Continues traces of Python's basictracer and has it continue ours, in every format.
 *
 * @param {import('./report.mjs').Report} report
 * @param {Peer} peer
 */
export async function checkPython(report, peer) {
  await report.check('HTTP headers: ours continued', () => oursOverHttp(peer));
  await report.check('HTTP headers: theirs continued', () => theirsOverHttp(peer));
  for (const [name, format] of [
    ['text map', FORMAT_TEXT_MAP],
    ['binary', FORMAT_BINARY],
  ]) {
    await report.check(`${name}: ours continued`, () => oursIn(String(format), peer));
    await report.check(`${name}: theirs continued`, () => theirsIn(String(format), peer));
  }
  await report.check('text map: 128-bit trace id', () => wideIds(peer));
}

/**
 * We call Python, which calls us.
 *
 * @param {Peer} peer
 */
async function oursOverHttp({ url }) {
  for (const sampled of [true, false]) {
    const span = begin({ sampled, baggage: { ...PLAIN, name: 'Ada Größe' } });
    /** @type {Baggage} */
    const headers = {};
    span.tracer().inject(span, FORMAT_HTTP_HEADERS, headers);
    const { theirs, back } = await serving(answerAsServer, async (own) => {
      const response = await fetch(`${url}/?call=${encodeURIComponent(own)}`, { headers });
      const { span: theirs, answer: back } = /** @type {any} */ (await response.json());
      return { theirs, back };
    });
    const ours = describe(span);
    // Python does not decode what had to be encoded, and passes it on as it is.
    const encoded = { ...ours.baggage, name: 'Ada%20Gr%C3%B6%C3%9Fe' };
    isChild(theirs, ours, { ...encoded, ...VISITED });
    isChild(back, theirs, { ...ours.baggage, ...VISITED });
  }
}

/**
 * Python calls us.
 *
 * @param {Peer} peer
 */
async function theirsOverHttp({ order }) {
  for (const sampled of [true, false]) {
    const { span, answer } = await serving(answerAsServer, (url) =>
      order({ do: 'call', url, sampled, baggage: PLAIN }),
    );
    deepStrictEqual([span.sampled, span.baggage], [sampled, PLAIN]);
    isChild(answer, span, PLAIN);
  }
}

/**
 * @param {string} format
 * @param {Peer} peer
 */
async function oursIn(format, { order }) {
  for (const sampled of [true, false]) {
    for (const baggage of [{}, PLAIN, ANY]) {
      const span = begin({ sampled, baggage });
      const { span: theirs, carrier } = await order({
        do: 'continue',
        format,
        carrier: toWire(format, span),
      });
      const seen = { ...(format === FORMAT_TEXT_MAP ? inLowerCase(baggage) : baggage), ...VISITED };
      isChild(theirs, describe(span), seen);
      isChild(continued(format, carrier), theirs, seen);
    }
  }
}

/**
 * @param {string} format
 * @param {Peer} peer
 */
async function theirsIn(format, { order }) {
  // Python writes ids without leading zeros.
  const short = { trace_id: '1f', span_id: '8000000000000000' };
  const long = { trace_id: 'ffffffffffffffff', span_id: '1' };
  for (const ids of [{}, short, long]) {
    for (const sampled of [true, false]) {
      for (const baggage of [{}, PLAIN, ANY]) {
        const { span, carrier } = await order({ do: 'begin', format, sampled, baggage, ...ids });
        deepStrictEqual([span.sampled, span.baggage], [sampled, baggage]);
        isChild(continued(format, carrier), span, baggage);
      }
    }
  }
}

/**
 * Python takes the keys of text carriers for names of headers.
 *
 * @param {Baggage} baggage
 */
function inLowerCase(baggage) {
  return Object.fromEntries(Object.entries(baggage).map(([key, v]) => [key.toLowerCase(), v]));
}

/** @param {Peer} peer */
async function wideIds({ order }) {
  const span = begin({ sampled: true, baggage: {}, traceId128: true });
  const format = FORMAT_TEXT_MAP;
  const { span: theirs, carrier } = await order({
    do: 'continue',
    format,
    carrier: toWire(format, span),
  });
  isChild(theirs, describe(span), VISITED);
  isChild(continued(format, carrier), theirs, VISITED);
}

/**
 * @param {Seen} child
 * @param {Seen} parent
 * @param {Baggage} expected
 */
function isChild({ traceId, parentId, sampled, baggage }, parent, expected) {
  deepStrictEqual(
    { traceId, parentId, sampled, baggage },
    {
      traceId: parent.traceId,
      parentId: parent.spanId,
      sampled: parent.sampled,
      baggage: expected,
    },
  );
}

/** @param {{ sampled: boolean, baggage: Baggage, traceId128?: boolean }} options */
function begin({ sampled, baggage, traceId128 = false }) {
  const tracer = new BasicTracer({ sampler: new ConstSampler(sampled), traceId128 });
  const span = tracer.startSpan('begin');
  for (const [key, value] of Object.entries(baggage)) span.setBaggageItem(key, value);
  return span;
}

/** @param {import('node:http').IncomingMessage} request */
function answerAsServer({ headers }) {
  return describe(childOf(new BasicTracer(), FORMAT_HTTP_HEADERS, headers));
}

/**
 * @param {string} format
 * @param {any} carrier as it came over the wire
 */
function continued(format, carrier) {
  const received =
    format === FORMAT_BINARY ? new BinaryCarrier(Buffer.from(carrier, 'base64')) : carrier;
  return describe(childOf(new BasicTracer(), format, received));
}

/**
 * @param {BasicTracer} tracer
 * @param {string} format
 * @param {unknown} carrier
 */
function childOf(tracer, format, carrier) {
  return tracer.startSpan('continue', { childOf: tracer.extract(format, carrier) });
}

/**
 * @param {string} format
 * @param {BasicSpan} span
 */
function toWire(format, span) {
  if (format === FORMAT_BINARY) {
    const carrier = new BinaryCarrier();
    span.tracer().inject(span, format, carrier);
    return Buffer.from(/** @type {Uint8Array} */ (carrier.buffer)).toString('base64');
  }
  const carrier = {};
  span.tracer().inject(span, format, carrier);
  return carrier;
}

/**
 * @param {BasicSpan} span
 * @returns {Seen}
 */
function describe(span) {
  const context = span.context();
  return {
    traceId: context.toTraceId(),
    spanId: context.toSpanId(),
    parentId: span.parentId,
    sampled: context.sampled,
    baggage: { ...context.baggage },
  };
}
