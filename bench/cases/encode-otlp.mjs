// What an exporter of OTLP does with each finished span.
import {
  BATCH,
  eventOf,
  fixed32,
  id32,
  isSetAgain,
  isSpecial,
  openTelemetrySpans,
  ourSpans,
  plainSpans,
  protoText,
  raw,
  SHAPE,
  utf8,
  varint,
} from '../encoding.mjs';

export const title = 'A span in OTLP’s protobuf';

export const about =
  'The same span, with integers and booleans as such, its resource and its scope once for the batch.';

export const operations = BATCH;

export const bars = [
  { atMost: 1.2, times: 'floor' },
  { fasterThan: 'OpenTelemetry', by: 3.5 },
];

/** `service.name`, as a resource that is the first field of what it stands in. */
const name = utf8(SHAPE.serviceName);
const key = utf8('service.name');
const attribute = [0x0a, key.length, ...key, 0x12, name.length + 2, 0x0a, name.length, ...name];
const RESOURCE = Uint8Array.of(0x0a, attribute.length + 2, 0x0a, attribute.length, ...attribute);

export const variants = {
  /** The least code that does the same: bytes into a buffer that is large enough, for these fields. */
  async floor() {
    const spans = plainSpans();
    const bytes = new Uint8Array(1_000_000);
    return () => {
      // The lengths around the spans take three bytes each.
      bytes[0] = 0x0a;
      const scopeSpans = raw(bytes, 4, RESOURCE) + 4;
      bytes[scopeSpans - 4] = 0x12;
      let at = scopeSpans;
      for (const span of spans) {
        bytes[at] = 0x12;
        // That of a span takes two: it is known to be more than 127 and less than 16,384.
        const start = at + 3;
        bytes[start] = 0x0a;
        bytes[start + 1] = 16;
        at = id32(bytes, id32(bytes, start + 2, span.t0), span.t1);
        at = id32(bytes, id32(bytes, at, span.t2), span.t3);
        bytes[at] = 0x12;
        bytes[at + 1] = 8;
        at = id32(bytes, id32(bytes, at + 2, span.s0), span.s1);
        bytes[at] = 0x22;
        bytes[at + 1] = 8;
        at = id32(bytes, id32(bytes, at + 2, span.p0), span.p1);
        bytes[at] = 0x2a;
        at = protoText(bytes, at + 1, span.name);
        bytes[at] = 0x30;
        bytes[at + 1] = 1;
        bytes[at + 2] = 0x39;
        at = nanos(bytes, at + 3, span.start);
        bytes[at] = 0x41;
        at = nanos(bytes, at + 1, span.start + span.duration);
        for (let i = 0; i < span.tags.length; i += 2) {
          if (isSpecial(span.tags[i]) || isSetAgain(span.tags, i)) {
            continue;
          }
          bytes[at] = 0x4a;
          const tag = at + 2;
          bytes[tag] = 0x0a;
          at = protoText(bytes, tag + 1, span.tags[i]);
          bytes[at] = 0x12;
          const value = at + 2;
          at = anyValue(bytes, value, span.tags[i + 1]);
          bytes[value - 1] = at - value;
          bytes[tag - 1] = at - tag;
        }
        bytes[at] = 0x5a;
        const event = at + 2;
        bytes[event] = 0x09;
        at = nanos(bytes, event + 1, span.logs[0]);
        bytes[at] = 0x12;
        at = protoText(bytes, at + 1, eventOf(span.logs[1]));
        bytes[event - 1] = at - event;
        bytes[at] = 0x85;
        bytes[at + 1] = 1;
        at = fixed32(bytes, at + 2, 1);
        bytes[start - 2] = ((at - start) & 0x7f) | 0x80;
        bytes[start - 1] = (at - start) >>> 7;
      }
      varint(bytes, scopeSpans - 3, at - scopeSpans);
      varint(bytes, 1, at - 4);
      return bytes.slice(0, at);
    };
  },

  async 'opentracing-ts'() {
    const { encodeOtlp } = await import('opentracing-ts/exporters');
    const spans = await ourSpans();
    return () => encodeOtlp(spans, { serviceName: SHAPE.serviceName });
  },

  async OpenTelemetry() {
    const { ProtobufTraceSerializer } = await import('@opentelemetry/otlp-transformer');
    const spans = await openTelemetrySpans();
    return () => ProtobufTraceSerializer.serializeRequest(spans);
  },
};

function anyValue(bytes, at, value) {
  if (typeof value === 'string') {
    bytes[at] = 0x0a;
    return protoText(bytes, at + 1, value);
  }
  if (typeof value === 'boolean') {
    bytes[at] = 0x10;
    bytes[at + 1] = value ? 1 : 0;
    return at + 2;
  }
  bytes[at] = 0x18;
  return varint(bytes, at + 1, value);
}

/** Milliseconds as nanoseconds, in parts that fit into a number each. */
function nanos(bytes, at, ms) {
  const whole = Math.floor(ms);
  const upper = Math.floor(whole / 65_536);
  const lower = (whole - upper * 65_536) * 1e6 + Math.round((ms - whole) * 1e6);
  const carried = Math.floor(lower / 65_536);
  const middle = upper * 1e6 + carried;
  const high = Math.floor(middle / 65_536);
  const low = (middle - high * 65_536) * 65_536 + (lower - carried * 65_536);
  return fixed32(bytes, fixed32(bytes, at, low), high);
}
