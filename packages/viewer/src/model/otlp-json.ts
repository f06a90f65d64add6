import {
  eventText,
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
  scope: { name?: string; version?: string; attributes?: KeyValue[] };
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
  events: {
    timeUnixNano: string;
    name: string;
    attributes: KeyValue[];
    droppedAttributesCount?: number;
  }[];
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
const COUNT = /^[1-9]\d{0,8}$/;

/**
 * Zipkin spans as OTLP: what OpenTelemetry's "OpenTelemetry to Zipkin Transformation" makes of
 * OTLP's spans, the other way round. Tags are attributes of type string; those that describe the
 * program (`host.`, `process.` and so on) are the resource's, `otel.scope.` is the scope's, the rest
 * is the span's; an `error` is the status. A missing duration is one of zero, a missing start the first annotation's time.
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
      ...tags.filter(([key]) => isOfResource(key)),
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

/** A tag of the program's name is the span's own: the program is called as its endpoint says. */
function isOfResource(key: string): boolean {
  return key !== 'service.name' && isResourceAttribute(key);
}

function scopeOf({ tags = {} }: Span): ScopeSpans['scope'] {
  const { [OTLP_TAGS.scopeName]: name, [OTLP_TAGS.scopeVersion]: version } = tags;
  const attributes = Object.entries(tags).flatMap(([key, value]) =>
    isOfScope(key) ? [[key.slice(OTLP_TAGS.scope.length), value] as const] : [],
  );
  return {
    ...(name ? { name } : {}),
    ...(version ? { version } : {}),
    ...(attributes.length > 0 ? { attributes: keyValues(attributes) } : {}),
  };
}

function isOfScope(key: string): boolean {
  return (
    key.startsWith(OTLP_TAGS.scope) && key !== OTLP_TAGS.scopeName && key !== OTLP_TAGS.scopeVersion
  );
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
    if (!isElsewhere(key, value, span)) attributes.set(key, value);
  }
  return attributes;
}

/** Whether a tag stands in a field of its own, rather than among the attributes. */
function isElsewhere(key: string, value: string, { tags = {}, shared, debug }: Span): boolean {
  switch (key) {
    case 'error':
      // As a message it would say nothing, and without it the tag would come back as an empty one.
      return value !== 'true';
    case OTLP_TAGS.statusCode:
      return tags.error === undefined ? value === 'OK' : value === 'ERROR';
    case OTLP_TAGS.scopeName:
    case OTLP_TAGS.scopeVersion:
    case OTLP_TAGS.traceState:
      return value !== '';
    case OTLP_TAGS.droppedAttributes:
    case OTLP_TAGS.droppedEvents:
    case OTLP_TAGS.droppedLinks:
      return COUNT.test(value);
    case OTLP_TAGS.shared:
      return shared === true;
    case OTLP_TAGS.debug:
      return debug === true;
    default:
      return isOfResource(key) || isOfScope(key) || otlpLinks(key, value).length > 0;
  }
}

function addAddress(into: Map<string, unknown>, endpoint: Endpoint | undefined, name: string) {
  const address = endpoint?.ipv4 ?? endpoint?.ipv6;
  if (address !== undefined) into.set(`${name}.address`, address);
  if (endpoint?.port !== undefined) into.set(`${name}.port`, endpoint.port);
}

function otlpEvent({ timestamp, value }: Annotation): OtlpSpan['events'][number] {
  const event = parseEvent(value);
  // A text that is only like that of an event would come back as another one.
  const { name, attributes } = eventText(event) === value ? event : { name: value, attributes: {} };
  const { [OTLP_TAGS.droppedAttributes]: count, ...others } = attributes;
  const isCount = typeof count === 'number' && COUNT.test(String(count));
  return {
    timeUnixNano: nanos(timestamp),
    name,
    attributes: keyValues(Object.entries(isCount ? others : attributes)),
    ...(isCount ? { droppedAttributesCount: count } : {}),
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
  if (text !== undefined && COUNT.test(text)) count[field] = Number(text);
  return count;
}

/** @param micros whole; negative ones, which only annotations may have, become 0 */
function nanos(micros: number): string {
  return micros > 0 ? `${micros}000` : '0';
}
