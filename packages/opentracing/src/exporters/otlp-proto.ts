import type { BasicSpan } from '../basictracer/basic-span.js';
import { eventAlone } from './log-fields.js';
import { writeAttribute, writeAttributes } from './otlp-proto-attributes.js';
import { writeNanos } from './otlp-proto-nanos.js';
import {
  eventOf,
  flagsOf,
  linkFlagsOf,
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
import { VERSION } from './version.js';
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
  writer.entry(FIRST, SCOPE_NAME, VERSION);
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
  const isChild = hasParent(span);
  if (isChild) {
    writer.twoBytes(PARENT_SPAN_ID, 8);
    writer.id64(span._parent0, span._parent1);
  }
  // The byte before the flags, whose number takes two.
  writer.twoBytes(0x85, 0x01);
  writer.fixed32(flagsOf(span, isChild));
  writer.byte(START);
  nanos.set(span.startTime);
  writeNanos(writer, nanos);
  writer.byte(END);
  nanos.add(Math.max(span._micros, 0));
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
      nanos.set(logs[i] as number);
      writeEvent(writer, nanos, logs[i + 1]);
    }
  }
  if (fields.statusCode !== 0) {
    writeStatus(writer, fields);
  }
  if (span._extras !== null) {
    writeExtras(writer, span);
  }
}

/** What few spans have. */
function writeExtras(writer: ProtoWriter, span: BasicSpan): void {
  for (const link of linksOf(span)) {
    writeLink(writer, link);
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
  writer.twoBytes(FIRST, 16);
  writer.id64(id0, id1);
  writer.id64(id2, id3);
  writer.twoBytes(SPAN_ID, 8);
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
  writer.twoBytes(KIND, fields.kind);
}

function writeEvent(writer: ProtoWriter, nanos: Nanos, logged: unknown): void {
  writer.room(FIXED_SIZE);
  writer.byte(EVENT);
  const start = writer.begin(ENTRY);
  writer.byte(EVENT_TIME);
  writeNanos(writer, nanos);
  writer.byte(SECOND);
  const alone = eventAlone(logged);
  if (alone !== undefined) {
    writer.text(alone);
  } else {
    const { name, attributes } = eventOf(logged);
    writer.text(name);
    writeAttributes(writer, EVENT_ATTRIBUTE, attributes);
  }
  writer.end(start, ENTRY);
}

function writeLink(writer: ProtoWriter, { context, type }: OtlpLink): void {
  const { id0, id1, id2, id3, arrived } = context._trace;
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
  writer.byte(LINK_FLAGS);
  writer.fixed32(linkFlagsOf(context));
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
