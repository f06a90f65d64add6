import { ProtoReader } from './proto-reader.js';

/** A message in the form that OTLP's JSON has, but for 64-bit times, which are bigints. */
type Message = Record<string, unknown>;

/**
 * An `ExportTraceServiceRequest` in protobuf, as OTLP's JSON would decode. Only what becomes part
 * of a span is read.
 *
 * Source: opentelemetry-proto 1.x, `trace.proto`, `common.proto`, `resource.proto`.
 * @throws BadRequestError when it is no protobuf
 */
export function decodeOtlp(bytes: Buffer): Message {
  const resourceSpans: Message[] = [];
  return new ProtoReader(bytes).read(readRequest, { resourceSpans });
}

function readRequest(field: number, into: { resourceSpans: Message[] }, reader: ProtoReader) {
  if (field === 1) into.resourceSpans.push(reader.message(readResourceSpans, {}));
}

function readResourceSpans(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.resource = reader.message(readResource, {});
  else if (field === 2) push(into, 'scopeSpans', reader.message(readScopeSpans, {}));
}

function readResource(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) push(into, 'attributes', reader.message(readKeyValue, { key: '' }));
}

function readScopeSpans(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.scope = reader.message(readScope, {});
  else if (field === 2) push(into, 'spans', reader.message(readSpan, {}));
}

function readScope(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.name = reader.text();
  else if (field === 2) into.version = reader.text();
  else if (field === 3) push(into, 'attributes', reader.message(readKeyValue, { key: '' }));
}

function readSpan(field: number, into: Message, reader: ProtoReader): void {
  switch (field) {
    case 1:
      into.traceId = reader.hex();
      break;
    case 2:
      into.spanId = reader.hex();
      break;
    case 3:
      into.traceState = reader.text();
      break;
    case 4:
      into.parentSpanId = reader.hex();
      break;
    case 5:
      into.name = reader.text();
      break;
    case 6:
      into.kind = reader.varint();
      break;
    case 7:
      into.startTimeUnixNano = reader.fixed64();
      break;
    case 8:
      into.endTimeUnixNano = reader.fixed64();
      break;
    case 9:
      push(into, 'attributes', reader.message(readKeyValue, { key: '' }));
      break;
    case 10:
      into.droppedAttributesCount = reader.varint();
      break;
    case 11:
      push(into, 'events', reader.message(readEvent, {}));
      break;
    case 12:
      into.droppedEventsCount = reader.varint();
      break;
    case 13:
      push(into, 'links', reader.message(readLink, {}));
      break;
    case 14:
      into.droppedLinksCount = reader.varint();
      break;
    case 15:
      into.status = reader.message(readStatus, {});
      break;
    default:
  }
}

function readEvent(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.timeUnixNano = reader.fixed64();
  else if (field === 2) into.name = reader.text();
  else if (field === 3) push(into, 'attributes', reader.message(readKeyValue, { key: '' }));
  else if (field === 4) into.droppedAttributesCount = reader.varint();
}

function readLink(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.traceId = reader.hex();
  else if (field === 2) into.spanId = reader.hex();
  else if (field === 3) into.traceState = reader.text();
  else if (field === 4) push(into, 'attributes', reader.message(readKeyValue, { key: '' }));
  else if (field === 5) into.droppedAttributesCount = reader.varint();
}

function readStatus(field: number, into: Message, reader: ProtoReader): void {
  if (field === 2) into.message = reader.text();
  else if (field === 3) into.code = reader.varint();
}

function readKeyValue(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.key = reader.text();
  else if (field === 2) into.value = reader.message(readAnyValue, {});
}

function readAnyValue(field: number, into: Message, reader: ProtoReader): void {
  if (field === 1) into.stringValue = reader.text();
  else if (field === 2) into.boolValue = reader.boolean();
  else if (field === 3) into.intValue = reader.integer();
  else if (field === 4) into.doubleValue = reader.double();
  else if (field === 5) into.arrayValue = reader.message(readArrayValue, { values: [] });
  else if (field === 6) into.kvlistValue = reader.message(readKeyValueList, { values: [] });
  else if (field === 7) into.bytesValue = reader.base64();
}

function readArrayValue(field: number, into: { values: Message[] }, reader: ProtoReader): void {
  if (field === 1) into.values.push(reader.message(readAnyValue, {}));
}

function readKeyValueList(field: number, into: { values: Message[] }, reader: ProtoReader): void {
  if (field === 1) into.values.push(reader.message(readKeyValue, { key: '' }));
}

function push(into: Message, field: string, value: Message): void {
  const list = into[field];
  if (Array.isArray(list)) list.push(value);
  else into[field] = [value];
}
