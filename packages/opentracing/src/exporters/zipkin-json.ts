import type { BasicSpan } from '../basictracer/basic-span.js';
import { JsonWriter, json } from './json-writer.js';
import {
  annotationOf,
  durationOf,
  type EncodeOptions,
  extraTagsOf,
  hasParent,
  keyOf,
  microsOf,
  nameOf,
  ZipkinFields,
} from './zipkin-span.js';

/** More than the ids, times and names of the fields of a span take. */
const FIXED_SIZE = 512;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const TRACE_ID = json('{"traceId":"');
const PARENT_ID = json('","parentId":"');
const ID = json('","id":"');
const NAME = json('","name":');
const DURATION = json(',"duration":');
const KINDS = ['', 'CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER'].map((kind) =>
  json(`,"kind":"${kind}"`),
);
const DEBUG = json(',"debug":true');
const SHARED = json(',"shared":true');
const FIRST_ANNOTATION = json(',"annotations":[{"timestamp":');
const ANNOTATION = json(',{"timestamp":');
const VALUE = json(',"value":');
const TAGS = json(',"tags":');
const REMOTE_ENDPOINT = json(',"remoteEndpoint":');
const PORT = json('"port":');

/**
 * Finished spans as a list in Zipkin's v2 JSON: `application/json`, UTF-8.
 *
 * `span.kind` becomes the kind, the `peer.*` tags the remote endpoint, logs annotations; times are
 * whole microseconds. What limits have left out is counted in the tags `otel.dropped_attributes_count` and
 * `otel.dropped_events_count`.
 *
 * Source: Zipkin's v2 API, `POST /api/v2/spans`.
 *
 * @param spans - in any order, of any number of traces
 * @param options - what is the same for all of them
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * new BasicTracer({ recorder }).startSpan('bake').setTag('bread', 'rye').finish();
 * const bytes = encodeZipkinJson(recorder.spans, { serviceName: 'bakery' });
 * const [span] = JSON.parse(new TextDecoder().decode(bytes));
 * console.log(span.name, span.tags, span.localEndpoint);
 * ```
 * ```text
 * bake { bread: 'rye' } { serviceName: 'bakery' }
 * ```
 */
export function encodeZipkinJson(
  spans: readonly BasicSpan[],
  { serviceName }: EncodeOptions,
): Uint8Array {
  // What stands between the name and the start is the same in each span.
  const beforeTimestamp = json(`,"localEndpoint":${JSON.stringify({ serviceName })},"timestamp":`);
  const writer = new JsonWriter();
  const fields = new ZipkinFields();
  writer.byte(OPEN_LIST);
  for (let i = 0; i < spans.length; i++) {
    if (i > 0) {
      writer.byte(COMMA);
    }
    const span = spans[i] as BasicSpan;
    writeIdentity(writer, span, beforeTimestamp);
    writeLogs(writer, span._logs);
    writeTags(writer, fields, span);
    writer.byte(CLOSE);
  }
  writer.byte(CLOSE_LIST);
  return writer.finish();
}

/** Ids, name, times. */
function writeIdentity(writer: JsonWriter, span: BasicSpan, beforeTimestamp: Uint8Array): void {
  const { id0, id1, id2, id3, debug } = span._trace;
  writer.room(FIXED_SIZE);
  writer.raw(TRACE_ID);
  if (id0 !== 0 || id1 !== 0) {
    writer.hex64(id0, id1);
  }
  writer.hex64(id2, id3);
  if (hasParent(span)) {
    writer.raw(PARENT_ID);
    writer.hex64(span._parent0, span._parent1);
  }
  writer.raw(ID);
  writer.hex64(span._span0, span._span1);
  writer.raw(NAME);
  writer.text(nameOf(span));
  writer.room(beforeTimestamp.length + FIXED_SIZE);
  writer.raw(beforeTimestamp);
  writer.decimal(microsOf(span.startTime));
  if (span._micros >= 0) {
    writer.raw(DURATION);
    writer.decimal(durationOf(span));
  }
  if (debug) {
    writer.raw(DEBUG);
  }
  if (span.isShared) {
    writer.raw(SHARED);
  }
}

function writeLogs(writer: JsonWriter, logs: readonly unknown[] | null): void {
  if (logs === null) {
    return;
  }
  for (let i = 0; i < logs.length; i += 2) {
    writer.room(FIXED_SIZE);
    writer.raw(i === 0 ? FIRST_ANNOTATION : ANNOTATION);
    writer.decimal(microsOf(logs[i] as number));
    writer.raw(VALUE);
    writer.text(annotationOf(logs[i + 1]));
    writer.byte(CLOSE);
  }
  writer.byte(CLOSE_LIST);
}

/** The tags, and what they say beside. */
function writeTags(writer: JsonWriter, fields: ZipkinFields, span: BasicSpan): void {
  const tags = span._compactTags();
  fields.clear();
  let before = OPEN;
  for (let i = 0; i < span._tagsEnd; i += 2) {
    const key = keyOf(tags[i]);
    const text = key === undefined ? undefined : fields.read(span, key, tags[i + 1]);
    if (text !== undefined) {
      before = writeTag(writer, before, key as string, text);
    }
  }
  // Few spans have extras, which are where those tags come from.
  if (span._extras !== null) {
    for (const [key, text] of extraTagsOf(span)) {
      before = writeTag(writer, before, key, text);
    }
  }
  writer.room(FIXED_SIZE);
  if (before === COMMA) {
    writer.byte(CLOSE);
  }
  if (fields.kind !== 0) {
    writer.raw(KINDS[fields.kind] as Uint8Array);
  }
  if (fields.hasRemote) {
    writeRemoteEndpoint(writer, fields);
  }
}

/** Returns what stands before the next one. */
function writeTag(writer: JsonWriter, before: number, key: string, text: string): number {
  if (before === OPEN) {
    writer.room(FIXED_SIZE);
    writer.raw(TAGS);
  }
  writer.member(before, key, text);
  return COMMA;
}

function writeRemoteEndpoint(writer: JsonWriter, fields: ZipkinFields): void {
  const { remoteName, remoteIpv4, remoteIpv6, remotePort } = fields;
  let before = OPEN;
  writer.raw(REMOTE_ENDPOINT);
  if (remoteName !== '') {
    writer.member(before, 'serviceName', remoteName);
    before = COMMA;
  }
  if (remoteIpv4 !== null) {
    writer.member(before, 'ipv4', remoteIpv4.text);
    before = COMMA;
  }
  if (remoteIpv6 !== null) {
    writer.member(before, 'ipv6', remoteIpv6.text);
    before = COMMA;
  }
  writer.room(FIXED_SIZE);
  if (remotePort !== 0) {
    writer.byte(before);
    writer.raw(PORT);
    writer.decimal(remotePort);
  }
  writer.byte(CLOSE);
}
