// What an exporter does with each finished span, as one of a batch.
import {
  BATCH,
  eventOf,
  hex32,
  isSetAgain,
  isSpecial,
  openTelemetrySpans,
  ourSpans,
  plainSpans,
  raw,
  SHAPE,
  utf8,
} from '../encoding.mjs';

export const title = 'A span in Zipkin’s JSON';

export const about =
  'A span with five tags and one log, with a trace id of 128 bits, encoded as UTF-8 in a batch of a thousand; the result is an array of its own.';

export const operations = BATCH;

export const bars = [
  { atMost: 1.2, times: 'floor' },
  { fasterThan: 'OpenTelemetry', by: 2 },
  { fasterThan: 'zipkin' },
];

export const variants = {
  /** The least code that does the same: bytes into a buffer that is large enough, for these fields. */
  async floor() {
    const spans = plainSpans();
    const bytes = new Uint8Array(1_000_000);
    const localEndpoint = JSON.stringify({ serviceName: SHAPE.serviceName });
    const TRACE_ID = utf8(',{"traceId":"');
    const PARENT_ID = utf8('","parentId":"');
    const ID = utf8('","id":"');
    const NAME = utf8('","name":');
    const TIMESTAMP = utf8(',"timestamp":');
    const DURATION = utf8(',"duration":');
    const ANNOTATION = utf8(`,"localEndpoint":${localEndpoint},"annotations":[{"timestamp":`);
    const VALUE = utf8(',"value":');
    const TAGS = utf8('}],"tags":{');
    return () => {
      let at = 0;
      for (const span of spans) {
        at = raw(bytes, at, TRACE_ID);
        at = hex32(bytes, hex32(bytes, at, span.t0), span.t1);
        at = hex32(bytes, hex32(bytes, at, span.t2), span.t3);
        at = raw(bytes, at, PARENT_ID);
        at = hex32(bytes, hex32(bytes, at, span.p0), span.p1);
        at = raw(bytes, at, ID);
        at = hex32(bytes, hex32(bytes, at, span.s0), span.s1);
        at = raw(bytes, at, NAME);
        at = jsonText(bytes, at, span.name);
        at = raw(bytes, at, TIMESTAMP);
        at = decimal(bytes, at, Math.round(span.start * 1000));
        at = raw(bytes, at, DURATION);
        at = decimal(bytes, at, Math.round(span.duration * 1000));
        at = raw(bytes, at, ANNOTATION);
        at = decimal(bytes, at, Math.round(span.logs[0] * 1000));
        at = raw(bytes, at, VALUE);
        at = jsonText(bytes, at, eventOf(span.logs[1]));
        at = raw(bytes, at, TAGS);
        for (let i = 0; i < span.tags.length; i += 2) {
          if (isSpecial(span.tags[i]) || isSetAgain(span.tags, i)) {
            continue;
          }
          if (i > 0) {
            bytes[at++] = 0x2c;
          }
          at = jsonText(bytes, at, span.tags[i]);
          bytes[at++] = 0x3a;
          const value = span.tags[i + 1];
          at = jsonText(bytes, at, typeof value === 'string' ? value : String(value));
        }
        bytes[at++] = 0x7d;
        bytes[at++] = 0x7d;
      }
      bytes[0] = 0x5b;
      bytes[at++] = 0x5d;
      return bytes.slice(0, at);
    };
  },

  async 'opentracing-ts'() {
    const { encodeZipkinJson } = await import('opentracing-ts/exporters');
    const spans = await ourSpans();
    return () => encodeZipkinJson(spans, { serviceName: SHAPE.serviceName });
  },

  async OpenTelemetry() {
    const { default: transform } = await import(
      '@opentelemetry/exporter-zipkin/build/src/transform.js'
    );
    const spans = await openTelemetrySpans();
    const { serviceName } = SHAPE;
    return () =>
      utf8(
        JSON.stringify(
          spans.map((span) =>
            transform.toZipkinSpan(span, serviceName, 'otel.status_code', 'error'),
          ),
        ),
      );
  },

  async zipkin() {
    const { default: zipkin } = await import('zipkin');
    const { jsonEncoder, model, option, TraceId } = zipkin;
    const hex = (/** @type {number} */ high, /** @type {number} */ low) =>
      [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
    const spans = plainSpans().map((plain) => {
      const span = new model.Span(
        new TraceId({
          traceId: hex(plain.t0, plain.t1) + hex(plain.t2, plain.t3),
          parentId: new option.Some(hex(plain.p0, plain.p1)),
          spanId: hex(plain.s0, plain.s1),
          sampled: new option.Some(true),
        }),
      );
      span.setName(plain.name);
      span.setTimestamp(Math.round(plain.start * 1000));
      span.setDuration(Math.round(plain.duration * 1000));
      span.setLocalEndpoint(new model.Endpoint({ serviceName: SHAPE.serviceName }));
      span.addAnnotation(Math.round(plain.logs[0] * 1000), plain.logs[1].event);
      for (const [key, value] of SHAPE.tags) {
        span.putTag(key, /** @type {any} */ (value));
      }
      return span;
    });
    // As its logger over HTTP joins them.
    return () => utf8(`[${spans.map((span) => jsonEncoder.JSON_V2.encode(span)).join(',')}]`);
  },
};

const encoder = new TextEncoder();

function jsonText(bytes, at, text) {
  const { length } = text;
  const start = at + 1;
  if (length < 128) {
    let i = 0;
    for (; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code < 32 || code > 126 || code === 0x22 || code === 0x5c) {
        break;
      }
      bytes[start + i] = code;
    }
    if (i === length) {
      bytes[at] = 0x22;
      bytes[start + length] = 0x22;
      return start + length + 1;
    }
  }
  return at + encoder.encodeInto(JSON.stringify(text), bytes.subarray(at)).written;
}

/** A whole number; returns where it ends. */
function decimal(bytes, at, value) {
  if (value >= 1e8) {
    const high = Math.floor(value / 1e8);
    const start = decimal(bytes, at, high);
    return digits(bytes, start, 8, (value - high * 1e8) | 0);
  }
  let count = 1;
  for (let bound = 10; value >= bound; bound *= 10) {
    count++;
  }
  return digits(bytes, at, count, value | 0);
}

function digits(bytes, at, count, value) {
  let rest = value;
  for (let i = at + count - 1; i >= at; i--) {
    const tenth = (rest / 10) | 0;
    bytes[i] = 48 + rest - tenth * 10;
    rest = tenth;
  }
  return at + count;
}
