import { areAttributes } from './otlp-value.js';

/**
 * The tags that keep what OTLP has a field for and Zipkin has not.
 *
 * Source: OpenTelemetry, "Mapping to non-OTLP Formats" and "OpenTelemetry to Zipkin
 * Transformation"; links and the trace state as the OpenTelemetry Collector spells them. The last
 * two are attributes of OTLP, for what Zipkin alone has a field for.
 */
export const OTLP_TAGS = {
  scopeName: 'otel.scope.name',
  scopeVersion: 'otel.scope.version',
  /** Followed by the key of an attribute of the scope, as in OpenTelemetry's mapping to Prometheus. */
  scope: 'otel.scope.',
  statusCode: 'otel.status_code',
  traceState: 'w3c.tracestate',
  droppedAttributes: 'otel.dropped_attributes_count',
  droppedEvents: 'otel.dropped_events_count',
  droppedLinks: 'otel.dropped_links_count',
  /** Followed by a number from 0. */
  link: 'otlp.link.',
  shared: 'zipkin.shared',
  debug: 'zipkin.debug',
} as const;

/** What a span without a service is called in OpenTelemetry. */
export const UNKNOWN_SERVICE = 'unknown_service';

/** The kinds of spans in OTLP by their numbers; those without one in Zipkin are undefined. */
export const OTLP_KINDS = [
  undefined,
  undefined,
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
] as const;

const RESOURCE_ATTRIBUTE =
  /^(?:telemetry\.|service\.(?!peer\.)|host\.|os\.|process\.|container\.|k8s\.|cloud\.|deployment\.)/;

/** Whether an attribute describes the program, rather than one of its spans. */
export function isResourceAttribute(key: string): boolean {
  return RESOURCE_ATTRIBUTE.test(key);
}

/** An event of OTLP, with plain values. */
export interface OtlpEvent {
  name: string;
  attributes: Readonly<Record<string, unknown>>;
}

/** A link of OTLP, with plain values. */
export interface OtlpLink {
  traceId: string;
  spanId: string;
  traceState: string;
  attributes: Readonly<Record<string, unknown>>;
  droppedAttributes: number;
}

/** An event as the value of an annotation: `"name": {"key":"value"}`, or the name alone. */
export function eventText({ name, attributes }: OtlpEvent): string {
  return Object.keys(attributes).length === 0
    ? name
    : `${JSON.stringify(name)}: ${JSON.stringify(attributes)}`;
}

/** What `eventText` wrote; any other text is the name of an event. */
export function parseEvent(text: string): OtlpEvent {
  const end = endOfString(text);
  const isEvent = text.startsWith('": {', end - 1) && text.endsWith('}');
  const name = isEvent ? parseJson(text.slice(0, end)) : undefined;
  const attributes = isEvent ? parseJson(text.slice(end + 2)) : undefined;
  return typeof name === 'string' && areAttributes(attributes)
    ? { name, attributes }
    : { name: text, attributes: {} };
}

/** The end of the string of JSON that a text begins with; 0 when it begins with none. */
function endOfString(text: string): number {
  if (!text.startsWith('"')) return 0;
  let at = 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** A link as the value of a tag: `trace|span|trace state|{"key":"value"}|dropped attributes`. */
export function linkText(link: OtlpLink): string {
  const { traceId, spanId, traceState, attributes, droppedAttributes } = link;
  return [traceId, spanId, traceState, JSON.stringify(attributes), droppedAttributes].join('|');
}

const LINK = /^([0-9a-f]{16,32})\|([0-9a-f]{16})\|([^{]*)\|(\{.*\})\|(\d{1,9})$/s;

/** What `linkText` wrote, or undefined for any other text. */
export function parseLink(text: string): OtlpLink | undefined {
  const [whole, traceId = '', spanId = '', traceState = '', json = '', dropped] =
    LINK.exec(text) ?? [];
  const attributes = parseJson(json);
  if (whole === undefined || !areAttributes(attributes)) return undefined;
  return { traceId, spanId, traceState, attributes, droppedAttributes: Number(dropped) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
