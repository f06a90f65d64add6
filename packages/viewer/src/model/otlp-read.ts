import { BadRequestError } from '../errors.js';
import { normalizeSpan } from './normalize.js';
import { endpointsOf } from './otlp-endpoints.js';
import { eventText, linkText, OTLP_KINDS, OTLP_TAGS, UNKNOWN_SERVICE } from './otlp-names.js';
import { listOf, objectOf, readAttributes, valueText } from './otlp-value.js';
import type { Span } from './span.js';

type Fields = { readonly [field: string]: unknown };
type Tags = Map<string, string>;

/** What was understood of an OTLP request. */
export interface OtlpSpans {
  /** The good spans, in Zipkin's normal form. */
  spans: Span[];
  /** How many others there were. */
  rejected: number;
  /** One sentence about the first of those: which one, and what is wrong with it. */
  reason?: string;
}

const KIND_NAMES = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);
const STATUS_NAMES = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`);
const OK = 1;
const ERROR = 2;
const DIGITS = /^\d{1,20}$/;
const NANOS_PER_MICRO = 1_000n;
/** Tags of counts, and the fields that they are in OTLP. */
const DROPPED = [
  [OTLP_TAGS.droppedAttributes, 'droppedAttributesCount'],
  [OTLP_TAGS.droppedEvents, 'droppedEventsCount'],
  [OTLP_TAGS.droppedLinks, 'droppedLinksCount'],
] as const;

/**
 * The spans of an `ExportTraceServiceRequest` (a `TracesData` is the same) in Zipkin's form.
 *
 * Attributes of the span, its instrumentation scope and its resource become tags, where the span's
 * own win and those of the scope are called `otel.scope.` and their key; `service.name` is the local endpoint's name, the attributes of the network are the
 * remote endpoint. An error is the tag `error` with the status' message. An event with attributes
 * is the annotation `"name": {"key":"value"}`. Links are the tags `otlp.link.0` and so on, the trace
 * state is `w3c.tracestate`. What was dropped is counted in tags, and of an event among its
 * attributes. The flags are left out: what is sent was sampled, and whether the parent was in another
 * program is to be seen in the trace. Times are cut to microseconds, and a span that has ended lasts one at
 * least.
 *
 * Source: OpenTelemetry, "OpenTelemetry to Zipkin Transformation"; OTLP 1.x, "JSON Protobuf
 * Encoding".
 * @param request the decoded JSON: ids in hexadecimal, 64-bit numbers as text, number or bigint,
 * enums as number or name; unknown fields are ignored
 * @param check may throw at a request that is too large, which is told before its spans are read: how
 * many there are so far, and how many characters the tags have that they share, counted with each span
 * @throws BadRequestError when the lists around the spans are none; a bad span is only rejected
 */
export function readOtlp(
  request: unknown,
  check: (spans: number, sharedText: number) => void = () => {},
): OtlpSpans {
  const result: OtlpSpans = { spans: [], rejected: 0 };
  let sharedText = 0;
  for (const each of listOf(objectOf(request, 'the body').resourceSpans, 'resourceSpans')) {
    const { resource, scopeSpans } = objectOf(each, 'resourceSpans');
    const program = readAttributes(objectOf(resource, 'resource').attributes, 'resource');
    const serviceName = valueText(program.get('service.name')) || UNKNOWN_SERVICE;
    program.delete('service.name');
    for (const one of listOf(scopeSpans, 'scopeSpans')) {
      const { scope, spans } = objectOf(one, 'scopeSpans');
      const shared = sharedTags(program, objectOf(scope, 'scope'));
      const list = listOf(spans, 'spans');
      sharedText += list.length * lengthOf(shared);
      check(result.spans.length + result.rejected + list.length, sharedText);
      for (const span of list) {
        const where = `span ${result.spans.length + result.rejected}`;
        try {
          result.spans.push(readSpan(objectOf(span, where), serviceName, shared, where));
        } catch (error) {
          if (!(error instanceof BadRequestError)) throw error;
          result.rejected += 1;
          result.reason ??= error.message;
        }
      }
    }
  }
  return result;
}

/** The tags that all spans of a scope have: those of the program, and what is known of the scope. */
function sharedTags(
  program: ReadonlyMap<string, unknown>,
  { name, version, attributes }: Fields,
): Tags {
  const tags: Tags = new Map();
  for (const [key, value] of program) tags.set(key, valueText(value));
  for (const [key, value] of readAttributes(attributes, 'scope')) {
    tags.set(OTLP_TAGS.scope + key, valueText(value));
  }
  if (name) tags.set(OTLP_TAGS.scopeName, valueText(name));
  if (version) tags.set(OTLP_TAGS.scopeVersion, valueText(version));
  return tags;
}

function lengthOf(tags: Tags): number {
  let length = 0;
  for (const [key, value] of tags) length += key.length + value.length;
  return length;
}

function readSpan(fields: Fields, serviceName: string, shared: Tags, where: string): Span {
  const attributes = readAttributes(fields.attributes, `${where}: attributes`);
  const kind = OTLP_KINDS[enumOf(fields.kind, KIND_NAMES, `${where}: kind`)];
  const start = unsignedOf(fields.startTimeUnixNano, `${where}: startTimeUnixNano`);
  const end = unsignedOf(fields.endTimeUnixNano, `${where}: endTimeUnixNano`);
  const isShared = take(attributes, OTLP_TAGS.shared);
  const isDebug = take(attributes, OTLP_TAGS.debug);
  const tags: Tags = new Map(shared);
  for (const [key, value] of attributes) tags.set(key, valueText(value));
  addStatus(tags, objectOf(fields.status, `${where}: status`), where);
  addText(tags, OTLP_TAGS.traceState, fields.traceState);
  for (const [key, field] of DROPPED) {
    const count = countOf(fields[field], `${where}: ${field}`);
    if (count > 0) tags.set(key, String(count));
  }
  for (const [index, link] of listOf(fields.links, `${where}: links`).entries()) {
    tags.set(`${OTLP_TAGS.link}${index}`, readLink(link, `${where}: links[${index}]`));
  }
  return normalizeSpan(
    {
      traceId: lowerCase(fields.traceId),
      id: lowerCase(fields.spanId),
      parentId: lowerCase(fields.parentSpanId) || undefined,
      kind,
      name: fields.name,
      timestamp: microsOf(start),
      // Zero would say that the duration is unknown, and so does an end before the start.
      duration: end > 0n && end >= start ? Math.max(1, microsOf(end - start)) : undefined,
      ...endpointsOf(attributes, serviceName, kind),
      annotations: listOf(fields.events, `${where}: events`).map((event, index) =>
        readEvent(event, `${where}: events[${index}]`),
      ),
      tags: Object.fromEntries(tags),
      shared: isShared,
      debug: isDebug,
    },
    where,
  );
}

function readEvent(event: unknown, where: string): { timestamp: number; value: string } {
  const { timeUnixNano, name, attributes, droppedAttributesCount } = objectOf(event, where);
  const all = readAttributes(attributes, `${where}: attributes`);
  const dropped = countOf(droppedAttributesCount, `${where}: droppedAttributesCount`);
  if (dropped > 0) all.set(OTLP_TAGS.droppedAttributes, dropped);
  return {
    timestamp: microsOf(unsignedOf(timeUnixNano, `${where}: timeUnixNano`)),
    value: eventText({ name: valueText(name), attributes: Object.fromEntries(all) }),
  };
}

function readLink(link: unknown, where: string): string {
  const fields = objectOf(link, where);
  return linkText({
    traceId: valueText(lowerCase(fields.traceId)),
    spanId: valueText(lowerCase(fields.spanId)),
    traceState: valueText(fields.traceState),
    attributes: Object.fromEntries(readAttributes(fields.attributes, `${where}: attributes`)),
    droppedAttributes: countOf(fields.droppedAttributesCount, `${where}: droppedAttributesCount`),
  });
}

/** Whether an attribute is true, which becomes a field. */
function take(attributes: Map<string, unknown>, key: string): boolean {
  return attributes.get(key) === true && attributes.delete(key);
}

/** To Zipkin the mere presence of a tag `error` is an error. */
function addStatus(tags: Tags, { code, message }: Fields, where: string): void {
  const status = enumOf(code, STATUS_NAMES, `${where}: status.code`);
  if (tags.get('error') === 'false') tags.delete('error');
  if (status === OK) tags.set(OTLP_TAGS.statusCode, 'OK');
  if (status !== ERROR) return;
  tags.set(OTLP_TAGS.statusCode, 'ERROR');
  // Without a message, an attribute of the program may know more.
  tags.set('error', valueText(message) || (tags.get('error') ?? ''));
}

function addText(tags: Tags, key: string, value: unknown): void {
  const text = valueText(value);
  if (text !== '') tags.set(key, text);
}

/** Zipkin's ids are in lower case, OTLP's in any. */
function lowerCase(id: unknown): unknown {
  return typeof id === 'string' ? id.toLowerCase() : id;
}

/** A number that is not known yet has no meaning, while an unknown name is a mistake. */
function enumOf(value: unknown, names: readonly string[], where: string): number {
  if (value === undefined || value === null) return 0;
  if (typeof value === 'number') return value;
  const number = typeof value === 'string' ? names.indexOf(value) : -1;
  if (number === -1)
    throw new BadRequestError(`${where} must be a number or one of ${names.join(', ')}`);
  return number;
}

function unsignedOf(value: unknown, where: string): bigint {
  if (value === undefined || value === null) return 0n;
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && DIGITS.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return BigInt(value);
  throw new BadRequestError(`${where} must be a whole number`);
}

function countOf(value: unknown, where: string): number {
  return Number(unsignedOf(value, where));
}

function microsOf(nanos: bigint): number {
  return Number(nanos / NANOS_PER_MICRO);
}
