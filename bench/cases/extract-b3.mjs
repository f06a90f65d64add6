// A context from the headers of a request, in which it is B3 in one header.
import { header, jaegerTracer, kept, MASK, ourTracer, parseHex32, requests } from '../wire.mjs';

export const title = 'Extract B3';

export const about =
  'A context is read from the five headers of a request, one of which is `b3` with a trace id of 128 ' +
  'bits, a decision and a parent id. The floor checks every character and takes names in any case, as ' +
  'ours does. zipkin reads the several headers of B3 and checks none of the ids, jaeger-client reads ' +
  'its own `uber-trace-id`.';

export const bars = [
  { atMost: 1.5, times: 'floor' },
  { fasterThan: 'OpenTelemetry' },
  { fasterThan: 'zipkin' },
];

const single = () =>
  requests(({ traceId, spanId, parentId }) => ({ b3: `${traceId}-${spanId}-1-${parentId}` }));

export const variants = {
  floor() {
    const carriers = single();
    let at = 0;
    return () => {
      kept[at & MASK] = read(header(carriers[at++ & MASK], 'b3'));
    };
  },

  async 'opentracing-ts'() {
    const { FORMAT_HTTP_HEADERS } = await import('opentracing-ts');
    const { tracer } = await ourTracer('b3');
    const carriers = single();
    let at = 0;
    return () => {
      kept[at & MASK] = tracer.extract(FORMAT_HTTP_HEADERS, carriers[at++ & MASK]);
    };
  },

  async OpenTelemetry() {
    const { defaultTextMapGetter, ROOT_CONTEXT } = await import('@opentelemetry/api');
    const { B3Propagator } = await import('@opentelemetry/propagator-b3');
    const propagator = new B3Propagator();
    const carriers = single();
    let at = 0;
    return () => {
      kept[at & MASK] = propagator.extract(
        ROOT_CONTEXT,
        carriers[at++ & MASK],
        defaultTextMapGetter,
      );
    };
  },

  async zipkin() {
    const { default: zipkin } = await import('zipkin');
    const { ExplicitContext, Instrumentation, option, Tracer } = zipkin;
    const recorder = { record() {} };
    const tracer = new Tracer({ ctxImpl: new ExplicitContext(), recorder });
    const server = new Instrumentation.HttpServer({ tracer, port: 0 });
    const carriers = requests(({ traceId, spanId, parentId }) => ({
      'x-b3-traceid': traceId,
      'x-b3-spanid': spanId,
      'x-b3-parentspanid': parentId,
      'x-b3-sampled': '1',
    }));
    let at = 0;
    return () => {
      const headers = carriers[at++ & MASK];
      kept[at & MASK] = /** @type {any} */ (server)._createIdFromHeaders((name) => {
        const value = headers[name.toLowerCase()];
        return value === undefined ? option.None : new option.Some(value);
      });
    };
  },

  async 'jaeger-client (uber)'() {
    const tracer = await jaegerTracer();
    const carriers = requests(({ traceId, spanId, parentId }) => ({
      'uber-trace-id': `${traceId}:${spanId}:${parentId}:1`,
    }));
    let at = 0;
    return () => {
      kept[at & MASK] = tracer.extract('http_headers', carriers[at++ & MASK]);
    };
  },
};

const DASH = 45;

/** Both lengths of a trace id, every decision, with and without a parent. */
function read(value) {
  if (typeof value !== 'string') {
    return null;
  }
  const { length } = value;
  const wide = length > 32 && value.charCodeAt(32) === DASH;
  const traceEnd = wide ? 32 : 16;
  const spanEnd = traceEnd + 17;
  if (length < spanEnd || value.charCodeAt(traceEnd) !== DASH) {
    return null;
  }
  let sampled;
  let debug = false;
  let parentStart = 0;
  if (length > spanEnd) {
    if (value.charCodeAt(spanEnd) !== DASH) {
      return null;
    }
    parentStart = length === spanEnd + 17 ? spanEnd + 1 : 0;
    if (parentStart === 0) {
      const decision = value[spanEnd + 1];
      if (decision !== '1' && decision !== '0' && decision !== 'd') {
        return null;
      }
      sampled = decision !== '0';
      debug = decision === 'd';
      if (length > spanEnd + 2) {
        if (length !== spanEnd + 19 || value.charCodeAt(spanEnd + 2) !== DASH) {
          return null;
        }
        parentStart = spanEnd + 3;
      }
    }
  }
  const t0 = wide ? parseHex32(value, 0) : 0;
  const t1 = wide ? parseHex32(value, 8) : 0;
  const t2 = parseHex32(value, traceEnd - 16);
  const t3 = parseHex32(value, traceEnd - 8);
  const s0 = parseHex32(value, traceEnd + 1);
  const s1 = parseHex32(value, traceEnd + 9);
  const p0 = parentStart === 0 ? 0 : parseHex32(value, parentStart);
  const p1 = parentStart === 0 ? 0 : parseHex32(value, parentStart + 8);
  if (
    Number.isNaN(t0 + t1 + t2 + t3 + s0 + s1 + p0 + p1) ||
    (t0 | t1 | t2 | t3) === 0 ||
    (s0 | s1) === 0 ||
    (parentStart !== 0 && (p0 | p1) === 0)
  ) {
    return null;
  }
  return { t0, t1, t2, t3, s0, s1, p0, p1, sampled, debug };
}
