import {
  isResourceAttribute,
  OTLP_KINDS,
  OTLP_TAGS,
  parseEvent,
  parseLink,
  UNKNOWN_SERVICE,
} from './otlp-names.js';
import { type KeyValue, keyValues } from './otlp-value.js';
import type { Annotation, Endpoint, Span } from './span.js';

/** An `ExportTraceServiceRequest` in OTLP's JSON, to be sent to `/v1/traces` or kept in a file. */
export interface OtlpRequest {
  resourceSpans: ResourceSpans[];
}

/** The spans of one program. */
interface ResourceSpans {
  resource: { attributes: KeyValue[] };
  scopeSpans: ScopeSpans[];
}

/** The spans of one instrumentation. */
interface ScopeSpans {
  scope: { name?: string; version?: string };
  spans: OtlpSpan[];
}

/** A span; times are nanoseconds since the Unix epoch in decimal. */
interface OtlpSpan {
  traceId: string;
  spanId: string;
  traceState?: string;
  parentSpanId?: string;
  name: string;
  kind: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: KeyValue[];
  droppedAttributesCount?: number;
  events: { timeUnixNano: string; name: string; attributes: KeyValue[] }[];
  droppedEventsCount?: number;
  links: {
    traceId: string;
    spanId: string;
    traceState?: string;
    attributes: KeyValue[];
    droppedAttributesCount?: number;
  }[];
  droppedLinksCount?: number;
  status: { code?: number; message?: string };
}

const INTERNAL = 1;
const OK = 1;
const ERROR = 2;
/** Everything that stands in a field of its own, rather than among the attributes. */
const OWN_FIELDS: ReadonlySet<string> = new Set(['error', ...Object.values(OTLP_TAGS)]);

/**
 * Zipkin spans as OTLP: what OpenTelemetry's "OpenTelemetry to Zipkin Transformation" makes of
 * OTLP's spans, the other way round. Tags are attributes of type string; those that describe the
 * program (`host.`, `process.` and so on) are the resource's, the rest is the span's; an `error` is
 * the status. A missing duration is one of zero, a missing start the first annotation's time.
 * `shared` and `debug` are the attributes `zipkin.shared` and `zipkin.debug`: the half that shares
 * its id keeps it.
 * @param spans in any order, of any number of traces
 */
export function otlpOf(spans: readonly Span[]): OtlpRequest {
  const resources = new Map<string, ResourceSpans>();
  const scopes = new Map<string, ScopeSpans>();
  for (const span of spans) {
    const tags = Object.entries(span.tags ?? {});
    const resource = [
      ['service.name', span.localEndpoint?.serviceName ?? UNKNOWN_SERVICE] as const,
      ...tags.filter(([key]) => key !== 'service.name' && isResourceAttribute(key)),
    ];
    const resourceKey = JSON.stringify(resource);
    let resourceSpans = resources.get(resourceKey);
    if (resourceSpans === undefined) {
      resourceSpans = { resource: { attributes: keyValues(resource) }, scopeSpans: [] };
      resources.set(resourceKey, resourceSpans);
    }
    const scope = scopeOf(span);
    const scopeKey = `${resourceKey}${JSON.stringify(scope)}`;
    let scopeSpans = scopes.get(scopeKey);
    if (scopeSpans === undefined) {
      scopeSpans = { scope, spans: [] };
      scopes.set(scopeKey, scopeSpans);
      resourceSpans.scopeSpans.push(scopeSpans);
    }
    scopeSpans.spans.push(otlpSpan(span));
  }
  return { resourceSpans: [...resources.values()] };
}

function scopeOf({ tags = {} }: Span): ScopeSpans['scope'] {
  const { [OTLP_TAGS.scopeName]: name, [OTLP_TAGS.scopeVersion]: version } = tags;
  return { ...(name ? { name } : {}), ...(version ? { version } : {}) };
}

function otlpSpan(span: Span): OtlpSpan {
  const { tags = {}, annotations = [] } = span;
  const start = span.timestamp ?? annotations[0]?.timestamp ?? 0;
  const traceState = tags[OTLP_TAGS.traceState];
  return {
    traceId: span.traceId.padStart(32, '0'),
    spanId: span.id,
    ...(traceState ? { traceState } : {}),
    ...(span.parentId === undefined ? {} : { parentSpanId: span.parentId }),
    name: span.name ?? '',
    kind: span.kind === undefined ? INTERNAL : OTLP_KINDS.indexOf(span.kind),
    startTimeUnixNano: nanos(start),
    endTimeUnixNano: nanos(start + (span.duration ?? 0)),
    attributes: keyValues(attributesOf(span)),
    ...dropped('droppedAttributesCount', tags[OTLP_TAGS.droppedAttributes]),
    events: annotations.map(otlpEvent),
    ...dropped('droppedEventsCount', tags[OTLP_TAGS.droppedEvents]),
    links: Object.entries(tags).flatMap(([key, value]) => otlpLinks(key, value)),
    ...dropped('droppedLinksCount', tags[OTLP_TAGS.droppedLinks]),
    status: statusOf(tags),
  };
}

function attributesOf(span: Span): Map<string, unknown> {
  const { tags = {}, localEndpoint, remoteEndpoint, shared, debug } = span;
  const attributes = new Map<string, unknown>();
  addAddress(attributes, localEndpoint, 'network.local');
  addAddress(attributes, remoteEndpoint, 'network.peer');
  if (remoteEndpoint?.serviceName !== undefined) {
    attributes.set('peer.service', remoteEndpoint.serviceName);
  }
  if (shared) attributes.set(OTLP_TAGS.shared, true);
  if (debug) attributes.set(OTLP_TAGS.debug, true);
  // The tags come last, since the program itself has set them.
  for (const [key, value] of Object.entries(tags)) {
    const elsewhere = OWN_FIELDS.has(key) || isResourceAttribute(key);
    if (!elsewhere && otlpLinks(key, value).length === 0) attributes.set(key, value);
  }
  return attributes;
}

function addAddress(into: Map<string, unknown>, endpoint: Endpoint | undefined, name: string) {
  const address = endpoint?.ipv4 ?? endpoint?.ipv6;
  if (address !== undefined) into.set(`${name}.address`, address);
  if (endpoint?.port !== undefined) into.set(`${name}.port`, endpoint.port);
}

function otlpEvent({ timestamp, value }: Annotation): OtlpSpan['events'][number] {
  const { name, attributes } = parseEvent(value);
  return {
    timeUnixNano: nanos(timestamp),
    name,
    attributes: keyValues(Object.entries(attributes)),
  };
}

/** None when the tag is another one. */
function otlpLinks(key: string, value: string): OtlpSpan['links'] {
  const link = key.startsWith(OTLP_TAGS.link) ? parseLink(value) : undefined;
  if (link === undefined) return [];
  const { traceId, spanId, traceState, attributes, droppedAttributes } = link;
  return [
    {
      traceId: traceId.padStart(32, '0'),
      spanId,
      ...(traceState === '' ? {} : { traceState }),
      attributes: keyValues(Object.entries(attributes)),
      ...(droppedAttributes === 0 ? {} : { droppedAttributesCount: droppedAttributes }),
    },
  ];
}

function statusOf(tags: Readonly<Record<string, string>>): OtlpSpan['status'] {
  const { error, [OTLP_TAGS.statusCode]: code } = tags;
  if (error === undefined) return code === 'OK' ? { code: OK } : {};
  return error === '' || error === 'true' ? { code: ERROR } : { code: ERROR, message: error };
}

function dropped<K extends string>(field: K, text: string | undefined): { [P in K]?: number } {
  const count: { [P in K]?: number } = {};
  if (text !== undefined && /^[1-9]\d{0,8}$/.test(text)) count[field] = Number(text);
  return count;
}

/** @param micros whole; negative ones, which only annotations may have, become 0 */
function nanos(micros: number): string {
  return micros > 0 ? `${micros}000` : '0';
}
