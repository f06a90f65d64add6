import { type AttributeValue, SpanKind } from '@opentelemetry/api';
import { Tags } from '../tags.js';

/** In the place of a tag: one of two, by what the address looks like. */
const IP_ADDRESS = 'an IP address';

/** The tag that says what an attribute of a server's span says, where both conventions name it. */
const OF_SERVER: ReadonlyMap<string, string> = new Map([
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
  ['net.peer.ip', IP_ADDRESS],
  ['network.peer.address', IP_ADDRESS],
]);

/** The same for other spans, of which `server.address` names the other end. */
const OF_OTHERS: ReadonlyMap<string, string> = new Map([
  ...OF_SERVER,
  ['net.peer.name', Tags.PEER_HOSTNAME],
  ['server.address', Tags.PEER_HOSTNAME],
  ['net.peer.port', Tags.PEER_PORT],
  ['server.port', Tags.PEER_PORT],
]);

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
  const tag = (isServer ? OF_SERVER : OF_OTHERS).get(name);
  return tag === IP_ADDRESS ? tagOfAddress(name, String(value)) : (tag ?? name);
}

/** The path of a Unix socket stands in the same attribute. */
function tagOfAddress(name: string, address: string): string {
  if (address.includes(':')) {
    return Tags.PEER_HOST_IPV6;
  }
  return /^\d+(\.\d+){3}$/.test(address) ? Tags.PEER_HOST_IPV4 : name;
}

/** @internal A list is copied: the program may go on with it. */
export function tagValue(value: AttributeValue): unknown {
  return Array.isArray(value) ? [...value] : value;
}

/** @internal `undefined` for a span of the program's own, which OpenTracing has no kind for. */
export function tagOfKind(kind: SpanKind | undefined): string | undefined {
  return KINDS[kind ?? SpanKind.INTERNAL];
}
