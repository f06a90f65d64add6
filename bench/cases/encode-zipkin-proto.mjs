// The same in the other encoding that Zipkin takes.
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

const TWO_TO_32 = 2 ** 32;

export const title = 'A span in Zipkin’s protobuf';

export const about =
  'The same span. OpenTelemetry has no encoder for this format; its own protobuf, which says about the same, stands for it.';

export const operations = BATCH;

export const bars = [
  { atMost: 1.2, times: 'floor' },
  { fasterThan: 'OpenTelemetry', by: 3.5 },
];

export const variants = {
  /** The least code that does the same: bytes into a buffer that is large enough, for these fields. */
  async floor() {
    const spans = plainSpans();
    const bytes = new Uint8Array(1_000_000);
    const name = utf8(SHAPE.serviceName);
    const localEndpoint = Uint8Array.of(0x42, name.length + 2, 0x0a, name.length, ...name);
    return () => {
      let at = 0;
      for (const span of spans) {
        bytes[at] = 0x0a;
        // The length of a span takes two bytes: it is known to be more than 127 and less than 16,384.
        const start = at + 3;
        bytes[start] = 0x0a;
        bytes[start + 1] = 16;
        at = id32(bytes, id32(bytes, start + 2, span.t0), span.t1);
        at = id32(bytes, id32(bytes, at, span.t2), span.t3);
        bytes[at] = 0x12;
        bytes[at + 1] = 8;
        at = id32(bytes, id32(bytes, at + 2, span.p0), span.p1);
        bytes[at] = 0x1a;
        bytes[at + 1] = 8;
        at = id32(bytes, id32(bytes, at + 2, span.s0), span.s1);
        bytes[at] = 0x2a;
        at = protoText(bytes, at + 1, span.name);
        bytes[at] = 0x31;
        at = fixed64(bytes, at + 1, Math.round(span.start * 1000));
        bytes[at] = 0x38;
        at = varint(bytes, at + 1, Math.round(span.duration * 1000));
        at = raw(bytes, at, localEndpoint);
        bytes[at] = 0x52;
        const annotation = at + 2;
        bytes[annotation] = 0x09;
        at = fixed64(bytes, annotation + 1, Math.round(span.logs[0] * 1000));
        bytes[at] = 0x12;
        at = protoText(bytes, at + 1, eventOf(span.logs[1]));
        bytes[annotation - 1] = at - annotation;
        for (let i = 0; i < span.tags.length; i += 2) {
          if (isSpecial(span.tags[i]) || isSetAgain(span.tags, i)) {
            continue;
          }
          bytes[at] = 0x5a;
          const tag = at + 2;
          bytes[tag] = 0x0a;
          at = protoText(bytes, tag + 1, span.tags[i]);
          bytes[at] = 0x12;
          const value = span.tags[i + 1];
          at = protoText(bytes, at + 1, typeof value === 'string' ? value : String(value));
          bytes[tag - 1] = at - tag;
        }
        bytes[start - 2] = ((at - start) & 0x7f) | 0x80;
        bytes[start - 1] = (at - start) >>> 7;
      }
      return bytes.slice(0, at);
    };
  },

  async 'opentracing-ts'() {
    const { encodeZipkinProto } = await import('opentracing-ts/exporters');
    const spans = await ourSpans();
    return () => encodeZipkinProto(spans, { serviceName: SHAPE.serviceName });
  },

  async OpenTelemetry() {
    const { ProtobufTraceSerializer } = await import('@opentelemetry/otlp-transformer');
    const spans = await openTelemetrySpans();
    return () => ProtobufTraceSerializer.serializeRequest(spans);
  },
};

/** A whole number below 2^53 as 64 bits, the lowest byte first. */
function fixed64(bytes, at, value) {
  const high = Math.floor(value / TWO_TO_32);
  return fixed32(bytes, fixed32(bytes, at, value - high * TWO_TO_32), high);
}
