import { eventually } from './support/http.mjs';

/** @typedef {import('./record.mjs').Recorded} Recorded */

/**
 * A span as OTLP has it, apart from the form of its encoding.
 *
 * @typedef {object} OtlpSpan
 * @property {string} service
 * @property {string} traceId 32 hex digits
 * @property {string} spanId
 * @property {string} parentSpanId empty for a root
 * @property {string} name
 * @property {number} kind 1 is internal, then server, client, producer, consumer
 * @property {number} start microseconds since the Unix epoch
 * @property {number} end likewise
 * @property {Record<string, unknown>} attributes
 * @property {{ at: number, name: string, attributes: Record<string, unknown> }[]} events
 * @property {{ code: number, message: string }} status
 * @property {{ traceId: string, spanId: string, attributes: Record<string, unknown> }[]} links
 */

const KINDS = ['', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

/**
 * The spans in OTLP's JSON.
 *
 * @param {any} traces `TracesData`
 * @returns {OtlpSpan[]}
 */
export function spansOf({ resourceSpans }) {
  return resourceSpans.flatMap((/** @type {any} */ { resource, scopeSpans }) =>
    scopeSpans.flatMap((/** @type {any} */ { spans }) =>
      spans.map((/** @type {any} */ span) => ({
        service: attributesOf(resource.attributes)['service.name'],
        traceId: span.traceId,
        spanId: span.spanId,
        parentSpanId: span.parentSpanId ?? '',
        name: span.name ?? '',
        kind: span.kind ?? 0,
        start: micros(span.startTimeUnixNano),
        end: micros(span.endTimeUnixNano),
        attributes: attributesOf(span.attributes),
        events: eventsOf(span.events),
        status: { code: span.status?.code ?? 0, message: span.status?.message ?? '' },
        links: (span.links ?? []).map((/** @type {any} */ link) => ({
          traceId: link.traceId,
          spanId: link.spanId,
          attributes: attributesOf(link.attributes),
        })),
      })),
    ),
  );
}

/**
 * By their time.
 *
 * @param {any[]} [events]
 * @returns {OtlpSpan['events']}
 */
function eventsOf(events = []) {
  return events
    .map((event) => ({
      at: micros(event.timeUnixNano),
      name: event.name ?? '',
      attributes: attributesOf(event.attributes),
    }))
    .sort((a, b) => a.at - b.at);
}

/** Whole ones: a number of JavaScript has no room for nanoseconds. @param {string} nanos */
function micros(nanos) {
  return Number((BigInt(nanos) + 500n) / 1000n);
}

/**
 * @param {{ key: string, value: Record<string, unknown> }[]} [attributes]
 * @returns {Record<string, any>}
 */
function attributesOf(attributes = []) {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, anyValue(value)]));
}

/** @param {any} value `AnyValue` */
function anyValue(value) {
  if (value.intValue !== undefined) return Number(value.intValue);
  if (value.arrayValue !== undefined) return value.arrayValue.values.map(anyValue);
  return Object.values(value)[0];
}

/**
 * What a system that knows OTLP has to say of a recorded trace.
 *
 * @param {Recorded} recorded
 * @returns {OtlpSpan[]} one for each step
 */
export function expectedSpans({ scenario, at, spans, traceId }) {
  const trace = traceId.padStart(32, '0');
  return scenario.steps.map((step, index) => {
    const { 'span.kind': _, ...attributes } = step.tags ?? {};
    return {
      service: step.service,
      traceId: trace,
      spanId: idOf(index),
      parentSpanId: step.parent === undefined ? '' : idOf(step.parent),
      name: step.name,
      kind: KINDS.indexOf(step.zipkin.kind ?? 'INTERNAL'),
      start: at * 1000 + step.start,
      end: at * 1000 + step.start + step.duration,
      attributes: step.otlp?.attributes ?? attributes,
      events: (step.otlp?.events ?? []).map((event) => ({
        ...event,
        at: at * 1000 + event.at,
      })),
      status: step.otlp?.status ?? { code: 0, message: '' },
      links: step.follows === undefined ? [] : [linkTo(step.follows)],
    };
  });
  /** @param {number} index */
  function idOf(index) {
    return /** @type {import('./record.mjs').BasicSpan} */ (spans[index]).context().toSpanId();
  }
  /** @param {number} index */
  function linkTo(index) {
    const attributes = { 'opentracing.ref_type': 'follows_from' };
    return { traceId: trace, spanId: idOf(index), attributes };
  }
}

/**
 * In the order of the program, whatever that of the answer.
 *
 * @template {{ spanId: string }} S
 * @param {readonly S[]} spans
 * @returns {S[]}
 */
export function inOrder(spans) {
  return [...spans].sort((a, b) => (a.spanId < b.spanId ? -1 : 1));
}

/**
 * Asks a system for a trace.
 *
 * @callback Ask
 * @param {string} traceId 32 hex digits
 * @returns {Promise<OtlpSpan[]>}
 */

/**
 * The whole trace, or what there is of it.
 *
 * @param {Recorded} recorded
 * @param {Ask} ask
 */
export function traceOf({ traceId, spans }, ask) {
  return eventually(
    () => ask(traceId.padStart(32, '0')),
    ({ length }) => length === spans.length,
  );
}
