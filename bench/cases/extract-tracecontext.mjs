// A context from the headers of a request, in which it is W3C Trace Context.
import { header, kept, MASK, ourTracer, parseHex32, requests } from '../wire.mjs';

export const title = 'Extract W3C Trace Context';

export const about =
  'A context is read from the five headers of a request, one of which is `traceparent`; there is no ' +
  '`tracestate`. The floor checks every character and takes names in any case, as ours does.';

export const bars = [{ atMost: 1.5, times: 'floor' }, { fasterThan: 'OpenTelemetry' }];

const carriers = requests(({ traceId, spanId }) => ({ traceparent: `00-${traceId}-${spanId}-01` }));

export const variants = {
  floor() {
    let at = 0;
    return () => {
      const headers = carriers[at++ & MASK];
      const context = read(header(headers, 'traceparent'));
      if (context !== null) {
        context.state = header(headers, 'tracestate') ?? null;
      }
      kept[at & MASK] = context;
    };
  },

  async 'opentracing-ts'() {
    const { FORMAT_HTTP_HEADERS } = await import('opentracing-ts');
    const { tracer } = await ourTracer('tracecontext');
    let at = 0;
    return () => {
      kept[at & MASK] = tracer.extract(FORMAT_HTTP_HEADERS, carriers[at++ & MASK]);
    };
  },

  async OpenTelemetry() {
    const { defaultTextMapGetter, ROOT_CONTEXT } = await import('@opentelemetry/api');
    const { W3CTraceContextPropagator } = await import('@opentelemetry/core');
    const propagator = new W3CTraceContextPropagator();
    let at = 0;
    return () => {
      kept[at & MASK] = propagator.extract(
        ROOT_CONTEXT,
        carriers[at++ & MASK],
        defaultTextMapGetter,
      );
    };
  },
};

const DASH = 45;
const LENGTH = 55;

/** Version 00, and later ones that may be longer. */
function read(value) {
  if (
    typeof value !== 'string' ||
    value.length < LENGTH ||
    value.charCodeAt(2) !== DASH ||
    value.charCodeAt(35) !== DASH ||
    value.charCodeAt(52) !== DASH
  ) {
    return null;
  }
  const version = byteAt(value, 0);
  const isLonger = value.length > LENGTH;
  if (version === 255 || (isLonger && (version === 0 || value.charCodeAt(LENGTH) !== DASH))) {
    return null;
  }
  const t0 = parseHex32(value, 3);
  const t1 = parseHex32(value, 11);
  const t2 = parseHex32(value, 19);
  const t3 = parseHex32(value, 27);
  const s0 = parseHex32(value, 36);
  const s1 = parseHex32(value, 44);
  const flags = byteAt(value, 53);
  if (
    Number.isNaN(version + t0 + t1 + t2 + t3 + s0 + s1 + flags) ||
    (t0 | t1 | t2 | t3) === 0 ||
    (s0 | s1) === 0
  ) {
    return null;
  }
  return { t0, t1, t2, t3, s0, s1, sampled: (flags & 1) === 1, state: null };
}

function byteAt(text, start) {
  return digitAt(text, start) * 16 + digitAt(text, start + 1);
}

function digitAt(text, at) {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : Number.NaN;
}
