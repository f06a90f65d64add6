import type { BasicSpan } from '../basictracer/basic-span.js';
import {
  type AttributeValue,
  eventOf,
  linksOf,
  Nanos,
  type OtlpEncodeOptions,
  OtlpFields,
  type OtlpLink,
  resourceOf,
  SCOPE_NAME,
} from './otlp-span.js';
import {
  delimitedField,
  fixed32Field,
  fixed64Field,
  ProtoWriter,
  varintField,
} from './proto-writer.js';
import { hasParent, keyOf, nameOf } from './zipkin-span.js';

/** More than the ids and times of a span take. */
const FIXED_SIZE = 128;
/** How many bytes the lengths of messages probably take. */
const SPANS = 3;
const SPAN = 2;
const ENTRY = 1;

const FIRST = delimitedField(1);
const SECOND = delimitedField(2);
const SPAN_ID = delimitedField(2);
const TRACE_STATE = delimitedField(3);
const PARENT_SPAN_ID = delimitedField(4);
const NAME = delimitedField(5);
const KIND = varintField(6);
const START = fixed64Field(7);
const END = fixed64Field(8);
const ATTRIBUTE = delimitedField(9);
const DROPPED_ATTRIBUTES = varintField(10);
const EVENT = delimitedField(11);
const DROPPED_EVENTS = varintField(12);
const LINK = delimitedField(13);
const STATUS = delimitedField(15);
const EVENT_TIME = fixed64Field(1);
const EVENT_ATTRIBUTE = delimitedField(3);
const LINK_ATTRIBUTE = delimitedField(4);
const LINK_FLAGS = fixed32Field(6);
const STATUS_CODE = varintField(3);

const STRING = delimitedField(1);
const BOOL = varintField(2);
const INT = varintField(3);
const DOUBLE = fixed64Field(4);
const ARRAY = delimitedField(5);
const SAMPLED = 1;

const double = new DataView(new ArrayBuffer(8));

/**
 * Finished spans as an `ExportTraceServiceRequest` of OTLP in protobuf: `application/x-protobuf`.
 *
 * | here | in OTLP |
 * |---|---|
 * | `serviceName`, `resource` | attributes of the resource |
 * | tag `span.kind` | the kind; internal without it |
 * | tag `error` | the status: `false` is ok, anything else an error, with the message of the last logged error where it is `true` |
 * | other tags | attributes of the same name: text, booleans, integers, other numbers and lists of them as such, anything else as text |
 * | logs | events by the name of their field `event`, the other fields as attributes |
 * | logs whose `event` is `error` | events `exception` with `exception.type`, `.message`, `.stacktrace` |
 * | references but for the parent | links with the attribute `opentracing.ref_type` |
 * | ids of 64 bits | ids of 128, with zeros in front |
 *
 * Source: OTLP 1.x, `opentelemetry/proto/trace/v1`; OpenTelemetry, "OpenTracing Compatibility".
 *
 * @param spans - in any order, of any number of traces
 * @param options - what is the same for all of them
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * new BasicTracer({ recorder }).startSpan('bake').setTag('bread', 'rye').finish();
 * const request = encodeOtlp(recorder.spans, {
 *   serviceName: 'bakery',
 *   resource: { 'service.version': '1.2.0' },
 * });
 * console.log(request instanceof Uint8Array);
 * ```
 * ```text
 * true
 * ```
 */
export function encodeOtlp(spans: readonly BasicSpan[], options: OtlpEncodeOptions): Uint8Array {
  const writer = new ProtoWriter();
  if (spans.length === 0) {
    return writer.finish();
  }
  writer.room(FIXED_SIZE);
  writer.byte(FIRST);
  const resourceSpans = writer.begin(SPANS);
  writer.byte(FIRST);
  const resource = writer.begin(SPAN);
  writeAttributes(writer, FIRST, resourceOf(options));
  writer.end(resource, SPAN);
  writer.room(FIXED_SIZE);
  writer.byte(SECOND);
  const scopeSpans = writer.begin(SPANS);
  writer.entry(FIRST, SCOPE_NAME, '');
  const fields = new OtlpFields();
  const nanos = new Nanos();
  for (let i = 0; i < spans.length; i++) {
    writer.room(FIXED_SIZE);
    writer.byte(SECOND);
    const start = writer.begin(SPAN);
    writeSpan(writer, spans[i] as BasicSpan, fields, nanos);
    writer.end(start, SPAN);
  }
  writer.end(scopeSpans, SPANS);
  writer.end(resourceSpans, SPANS);
  return writer.finish();
}

function writeSpan(writer: ProtoWriter, span: BasicSpan, fields: OtlpFields, nanos: Nanos): void {
  const { id0, id1, id2, id3, arrived } = span._trace;
  writeIds(writer, id0, id1, id2, id3, span._span0, span._span1);
  if (hasParent(span)) {
    writer.byte(PARENT_SPAN_ID);
    writer.byte(8);
    writer.id64(span._parent0, span._parent1);
  }
  // The byte before the flags, whose number takes two.
  writer.byte(0x85);
  writer.byte(0x01);
  writer.fixed32(SAMPLED);
  writer.byte(START);
  nanos.set(span.startTime, 0);
  writeNanos(writer, nanos);
  writer.byte(END);
  nanos.set(span.startTime, span.duration);
  writeNanos(writer, nanos);
  writer.byte(NAME);
  writer.text(nameOf(span));
  if (arrived?.traceState !== undefined) {
    writer.byte(TRACE_STATE);
    writer.text(arrived.traceState);
  }
  writeTags(writer, span, fields);
  const logs = span._logs;
  if (logs !== null) {
    for (let i = 0; i < logs.length; i += 2) {
      nanos.set(logs[i] as number, 0);
      writeEvent(writer, nanos, logs[i + 1]);
    }
  }
  if (span._extras?.references) {
    for (const link of linksOf(span)) {
      writeLink(writer, link);
    }
  }
  if (fields.statusCode !== 0) {
    writeStatus(writer, fields);
  }
  writeDropped(writer, DROPPED_ATTRIBUTES, span.droppedTags);
  writeDropped(writer, DROPPED_EVENTS, span.droppedLogs);
}

function writeIds(
  writer: ProtoWriter,
  id0: number,
  id1: number,
  id2: number,
  id3: number,
  span0: number,
  span1: number,
): void {
  writer.byte(FIRST);
  writer.byte(16);
  writer.id64(id0, id1);
  writer.id64(id2, id3);
  writer.byte(SPAN_ID);
  writer.byte(8);
  writer.id64(span0, span1);
}

function writeTags(writer: ProtoWriter, span: BasicSpan, fields: OtlpFields): void {
  const tags = span._compactTags();
  fields.clear();
  for (let i = 0; i < span._tagsEnd; i += 2) {
    const key = keyOf(tags[i]);
    const value = key === undefined ? undefined : fields.read(span, key, tags[i + 1]);
    if (value !== undefined) {
      writeAttribute(writer, ATTRIBUTE, key as string, value);
    }
  }
  writer.room(FIXED_SIZE);
  writer.byte(KIND);
  writer.byte(fields.kind);
}

function writeEvent(writer: ProtoWriter, nanos: Nanos, logged: unknown): void {
  const { name, attributes } = eventOf(logged);
  writer.room(FIXED_SIZE);
  writer.byte(EVENT);
  const start = writer.begin(ENTRY);
  writer.byte(EVENT_TIME);
  writeNanos(writer, nanos);
  writer.byte(SECOND);
  writer.text(name);
  writeAttributes(writer, EVENT_ATTRIBUTE, attributes);
  writer.end(start, ENTRY);
}

function writeLink(writer: ProtoWriter, { context, type }: OtlpLink): void {
  const { id0, id1, id2, id3, arrived, sampled } = context._trace;
  writer.room(FIXED_SIZE);
  writer.byte(LINK);
  const start = writer.begin(ENTRY);
  writeIds(writer, id0, id1, id2, id3, context._span0, context._span1);
  if (arrived?.traceState !== undefined) {
    writer.byte(TRACE_STATE);
    writer.text(arrived.traceState);
  }
  writeAttribute(writer, LINK_ATTRIBUTE, 'opentracing.ref_type', type);
  writer.room(FIXED_SIZE);
  if (sampled === true) {
    writer.byte(LINK_FLAGS);
    writer.fixed32(SAMPLED);
  }
  writer.end(start, ENTRY);
}

function writeStatus(writer: ProtoWriter, { statusCode, statusMessage }: OtlpFields): void {
  writer.room(FIXED_SIZE);
  writer.byte(STATUS);
  const start = writer.begin(ENTRY);
  if (statusMessage !== '') {
    writer.byte(SECOND);
    writer.text(statusMessage);
  }
  writer.byte(STATUS_CODE);
  writer.byte(statusCode);
  writer.end(start, ENTRY);
}

function writeDropped(writer: ProtoWriter, field: number, count: number): void {
  if (count > 0) {
    writer.room(FIXED_SIZE);
    writer.byte(field);
    writer.varint(count);
  }
}

/** @param attributes - key, value, key, value */
function writeAttributes(writer: ProtoWriter, field: number, attributes: readonly unknown[]): void {
  for (let i = 0; i < attributes.length; i += 2) {
    writeAttribute(writer, field, attributes[i] as string, attributes[i + 1] as AttributeValue);
  }
}

function writeAttribute(
  writer: ProtoWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  writer.room(FIXED_SIZE);
  writer.byte(field);
  const start = writer.begin(ENTRY);
  writer.byte(FIRST);
  writer.text(key);
  writer.byte(SECOND);
  writeValue(writer, value);
  writer.end(start, ENTRY);
}

/** An `AnyValue` with its length. */
function writeValue(writer: ProtoWriter, value: AttributeValue | null): void {
  writer.room(FIXED_SIZE);
  const start = writer.begin(ENTRY);
  if (typeof value === 'string') {
    writer.byte(STRING);
    writer.text(value);
  } else if (typeof value === 'boolean') {
    writer.byte(BOOL);
    writer.byte(value ? 1 : 0);
  } else if (typeof value === 'number') {
    writeNumber(writer, value);
  } else if (typeof value === 'bigint') {
    writer.byte(INT);
    writer.varint64(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
  } else if (value !== null) {
    writer.byte(ARRAY);
    const list = writer.begin(ENTRY);
    for (const element of value) {
      writer.room(FIXED_SIZE);
      writer.byte(FIRST);
      writeValue(writer, element);
    }
    writer.end(list, ENTRY);
  }
  writer.end(start, ENTRY);
}

function writeNumber(writer: ProtoWriter, value: number): void {
  if (Number.isSafeInteger(value)) {
    writer.byte(INT);
    if (value >= 0) {
      writer.varint(value);
    } else {
      writer.varint64(Math.floor(value / 2 ** 32), value | 0);
    }
    return;
  }
  double.setFloat64(0, value);
  writer.byte(DOUBLE);
  writer.fixed64(double.getInt32(0), double.getInt32(4));
}

const TWO_TO_16 = 65_536;
const NS_PER_MS = 1e6;

/** 64 bits, worked out in parts that fit into a number each. */
function writeNanos(writer: ProtoWriter, { ms, ns }: Nanos): void {
  const upper = Math.floor(ms / TWO_TO_16);
  const lower = (ms - upper * TWO_TO_16) * NS_PER_MS + ns;
  const carried = Math.floor(lower / TWO_TO_16);
  const middle = upper * NS_PER_MS + carried;
  const high = Math.floor(middle / TWO_TO_16);
  const low = (middle - high * TWO_TO_16) * TWO_TO_16 + (lower - carried * TWO_TO_16);
  writer.fixed64(high, low);
}
