import { type AttributeValue, SpanKind } from '@opentelemetry/api';
import { Tags } from '../tags.js';

/** The tag that says what an attribute says, where both conventions have a name for it. */
const TAG_OF_ATTRIBUTE: ReadonlyMap<string, string> = new Map([
  ['http.request.method', Tags.HTTP_METHOD],
  ['http.response.status_code', Tags.HTTP_STATUS_CODE],
  ['url.full', Tags.HTTP_URL],
  ['db.system', Tags.DB_TYPE],
  ['db.system.name', Tags.DB_TYPE],
  ['db.query.text', Tags.DB_STATEMENT],
  ['db.name', Tags.DB_INSTANCE],
  ['db.namespace', Tags.DB_INSTANCE],
  ['messaging.destination', Tags.MESSAGE_BUS_DESTINATION],
  ['messaging.destination.name', Tags.MESSAGE_BUS_DESTINATION],
]);

/** Those which name the other end, unless the span is the server's, whose own end they name. */
const TAG_OF_PEER: ReadonlyMap<string, string> = new Map([
  ['net.peer.name', Tags.PEER_HOSTNAME],
  ['server.address', Tags.PEER_HOSTNAME],
  ['net.peer.port', Tags.PEER_PORT],
  ['server.port', Tags.PEER_PORT],
]);

const IP_ADDRESSES: ReadonlySet<string> = new Set(['net.peer.ip', 'network.peer.address']);

const KINDS: Readonly<Partial<Record<SpanKind, string>>> = {
  [SpanKind.CLIENT]: Tags.SPAN_KIND_RPC_CLIENT,
  [SpanKind.SERVER]: Tags.SPAN_KIND_RPC_SERVER,
  [SpanKind.PRODUCER]: Tags.SPAN_KIND_MESSAGING_PRODUCER,
  [SpanKind.CONSUMER]: Tags.SPAN_KIND_MESSAGING_CONSUMER,
};

/**
 * The tag for an attribute; its own name where OpenTracing's conventions have no word for it.
 *
 * Sources: OpenTracing semantic conventions, "Span tags table"; OpenTelemetry semantic conventions
 * 1.20 (`net.peer.name`, `db.system`) and those since (`server.address`, `db.system.name`).
 *
 * @internal
 */
export function tagOfAttribute(name: string, value: unknown, isServer: boolean): string {
  if (IP_ADDRESSES.has(name)) {
    return String(value).includes(':') ? Tags.PEER_HOST_IPV6 : ipv4Tag(name, value);
  }
  return TAG_OF_ATTRIBUTE.get(name) ?? (isServer ? undefined : TAG_OF_PEER.get(name)) ?? name;
}

/** The path of a Unix socket stands in the same attribute. */
function ipv4Tag(name: string, value: unknown): string {
  return /^\d+(\.\d+){3}$/.test(String(value)) ? Tags.PEER_HOST_IPV4 : name;
}

/** @internal A list is copied: the program may go on with it. */
export function tagValue(value: AttributeValue): unknown {
  return Array.isArray(value) ? [...value] : value;
}

/** @internal `undefined` for a span of the program's own, which OpenTracing has no kind for. */
export function tagOfKind(kind: SpanKind | undefined): string | undefined {
  return KINDS[kind ?? SpanKind.INTERNAL];
}
