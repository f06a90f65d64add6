import { BadRequestError } from '../errors.js';
import { normalizeSpan } from '../model/normalize.js';
import type { Span } from '../model/span.js';
import { refuseTooMany } from './body.js';
import { ProtoReader } from './proto-reader.js';

/** A message in the form that Zipkin's JSON has. */
type Message = Record<string, unknown>;

interface SpanMessage {
  fields: Message;
  annotations: { timestamp: number; value: string }[];
  tags: Map<string, string>;
}

/** The key of field 1 in the wire type of messages: with what every list of spans begins. */
const FIRST_BYTE = 10;
const KINDS = [undefined, 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'];

/**
 * A `ListOfSpans` in Zipkin's protobuf, normalised. What is unknown is skipped, kinds included.
 *
 * Source: zipkin-api, `zipkin.proto`.
 * @throws BadRequestError naming the span and field, or when it is no protobuf
 */
export function decodeZipkinProto(bytes: Buffer): Span[] {
  if (bytes[0] !== FIRST_BYTE) {
    throw new BadRequestError('the body is not a list of spans in the Zipkin protobuf encoding');
  }
  return new ProtoReader(bytes).read(readList, []);
}

function readList(field: number, spans: Span[], reader: ProtoReader): void {
  if (field !== 1) return;
  refuseTooMany(spans.length + 1);
  const span: SpanMessage = { fields: {}, annotations: [], tags: new Map() };
  const { fields, annotations, tags } = reader.message(readSpan, span);
  const value = { ...fields, annotations, tags: Object.fromEntries(tags) };
  spans.push(normalizeSpan(value, `span ${spans.length}`));
}

function readSpan(
  field: number,
  { fields, annotations, tags }: SpanMessage,
  reader: ProtoReader,
): void {
  switch (field) {
    case 1:
      fields.traceId = reader.hex();
      break;
    case 2:
      fields.parentId = reader.hex() || undefined;
      break;
    case 3:
      fields.id = reader.hex();
      break;
    case 4:
      fields.kind = KINDS[reader.varint()];
      break;
    case 5:
      fields.name = reader.text();
      break;
    case 6:
      fields.timestamp = reader.signedFixed64();
      break;
    case 7:
      fields.duration = reader.integer();
      break;
    case 8:
      fields.localEndpoint = reader.message(readEndpoint, {});
      break;
    case 9:
      fields.remoteEndpoint = reader.message(readEndpoint, {});
      break;
    case 10: {
      const annotation = reader.message(readAnnotation, { timestamp: 0, value: '' });
      // One without a time or a text is none.
      if (annotation.timestamp !== 0 && annotation.value !== '') annotations.push(annotation);
      break;
    }
    case 11: {
      const { key, value } = reader.message(readTag, { key: '', value: '' });
      tags.set(key, value);
      break;
    }
    case 12:
      fields.debug = reader.boolean();
      break;
    case 13:
      fields.shared = reader.boolean();
      break;
    default:
  }
}

function readEndpoint(field: number, endpoint: Message, reader: ProtoReader): void {
  if (field === 1) endpoint.serviceName = reader.text();
  else if (field === 2) endpoint.ipv4 = reader.bytes().join('.');
  else if (field === 3) endpoint.ipv6 = reader.hex().replace(/.{4}(?!$)/g, '$&:');
  else if (field === 4) endpoint.port = reader.integer();
}

function readAnnotation(
  field: number,
  into: { timestamp: number; value: string },
  reader: ProtoReader,
): void {
  if (field === 1) into.timestamp = reader.signedFixed64();
  else if (field === 2) into.value = reader.text();
}

function readTag(field: number, tag: { key: string; value: string }, reader: ProtoReader): void {
  if (field === 1) tag.key = reader.text();
  else if (field === 2) tag.value = reader.text();
}
