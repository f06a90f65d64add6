import type { BasicSpan } from '../basictracer/basic-span.js';
import { hex64 } from '../propagation/hex.js';
import { utf8 } from './byte-writer.js';
import {
  type AttributeValue,
  eventOf,
  flagsOf,
  linkFlagsOf,
  linksOf,
  Nanos,
  type OtlpEncodeOptions,
  OtlpFields,
  resourceOf,
  SCOPE_NAME,
} from './otlp-span.js';
import { VERSION } from './version.js';
import { hasParent, keyOf, nameOf } from './zipkin-span.js';

const HALF_PAIRS = /\p{Surrogate}/gu;
const DIGITS_OF_NS = 6;

/**
 * The same as `encodeOtlp` in OTLP's JSON: `application/json`, UTF-8. For collectors that do not take
 * protobuf and for reading; it is made of objects, and so takes several times as long.
 *
 * Source: OTLP 1.x, "JSON Protobuf Encoding".
 *
 * @param spans - in any order, of any number of traces
 * @param options - what is the same for all of them
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * new BasicTracer({ recorder }).startSpan('bake').setTag('loaves', 3).finish();
 * const bytes = encodeOtlpJson(recorder.spans, { serviceName: 'bakery' });
 * const [{ scopeSpans }] = JSON.parse(new TextDecoder().decode(bytes)).resourceSpans;
 * console.log(scopeSpans[0].spans[0].attributes[0]);
 * ```
 * ```text
 * { key: 'loaves', value: { intValue: '3' } }
 * ```
 */
export function encodeOtlpJson(
  spans: readonly BasicSpan[],
  options: OtlpEncodeOptions,
): Uint8Array {
  const fields = new OtlpFields();
  const nanos = new Nanos();
  const request = {
    resourceSpans:
      spans.length === 0
        ? []
        : [
            {
              resource: { attributes: attributesOf(resourceOf(options)) },
              scopeSpans: [
                {
                  scope: { name: SCOPE_NAME, version: VERSION },
                  spans: spans.map((s) => spanOf(s, fields, nanos)),
                },
              ],
            },
          ],
  };
  return utf8(JSON.stringify(request));
}

function spanOf(span: BasicSpan, fields: OtlpFields, nanos: Nanos): object {
  const { id0, id1, id2, id3, arrived } = span._trace;
  const attributes = tagsOf(span, fields);
  const isChild = hasParent(span);
  const { kind, statusCode, statusMessage } = fields;
  return {
    traceId: hex64(id0, id1) + hex64(id2, id3),
    spanId: hex64(span._span0, span._span1),
    traceState: wellFormed(arrived?.traceState),
    parentSpanId: isChild ? hex64(span._parent0, span._parent1) : undefined,
    flags: flagsOf(span, isChild),
    name: wellFormed(nameOf(span)),
    kind,
    startTimeUnixNano: nanosOf(nanos, span.startTime, 0),
    endTimeUnixNano: nanosOf(nanos, span.startTime, Math.max(span._micros, 0)),
    attributes,
    droppedAttributesCount: span.droppedTags || undefined,
    events: span.logs.map(({ timestamp, fields: logged }) => {
      const { name, attributes: given } = eventOf(logged);
      return {
        timeUnixNano: nanosOf(nanos, timestamp, 0),
        name: wellFormed(name),
        attributes: attributesOf(given),
      };
    }),
    droppedEventsCount: span.droppedLogs || undefined,
    links: linksOf(span).map(({ context, type }) => {
      const trace = context._trace;
      return {
        traceId: hex64(trace.id0, trace.id1) + hex64(trace.id2, trace.id3),
        spanId: hex64(context._span0, context._span1),
        traceState: wellFormed(trace.arrived?.traceState),
        attributes: attributesOf(['opentracing.ref_type', type]),
        flags: linkFlagsOf(context),
      };
    }),
    status:
      statusCode === 0
        ? undefined
        : { message: wellFormed(statusMessage) || undefined, code: statusCode },
  };
}

function tagsOf(span: BasicSpan, fields: OtlpFields): object[] {
  const attributes: unknown[] = [];
  const tags = span._compactTags();
  fields.clear();
  for (let i = 0; i < span._tagsEnd; i += 2) {
    const key = keyOf(tags[i]);
    const value = key === undefined ? undefined : fields.read(span, key, tags[i + 1]);
    if (value !== undefined) {
      attributes.push(key, value);
    }
  }
  return attributesOf(attributes);
}

/** @param flat - key, value, key, value */
function attributesOf(flat: readonly unknown[]): object[] {
  const attributes: object[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    const key = wellFormed(flat[i] as string);
    attributes.push({ key, value: anyValue(flat[i + 1] as AttributeValue) });
  }
  return attributes;
}

/** An `AnyValue`. */
function anyValue(value: AttributeValue | null): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: wellFormed(value) };
    case 'boolean':
      return { boolValue: value };
    case 'bigint':
      return { intValue: String(value) };
    case 'number':
      return Number.isSafeInteger(value)
        ? { intValue: String(value) }
        : { doubleValue: Number.isFinite(value) ? value : String(value) };
    default:
      return value === null ? {} : { arrayValue: { values: value.map(anyValue) } };
  }
}

/** In decimal: OTLP has integers of 64 bits as text. */
function nanosOf(nanos: Nanos, startMs: number, afterMicros: number): string {
  nanos.set(startMs);
  nanos.add(afterMicros);
  const { ms, ns } = nanos;
  return ms === 0 ? String(ns) : `${ms}${String(ns).padStart(DIGITS_OF_NS, '0')}`;
}

/** As in the other encodings, which cannot have half a surrogate pair. */
function wellFormed<T extends string | undefined>(text: T): T {
  return text?.replace(HALF_PAIRS, '\ufffd') as T;
}
