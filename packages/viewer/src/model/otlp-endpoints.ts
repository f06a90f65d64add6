import { parseAddress } from './addresses.js';
import { valueText } from './otlp-value.js';
import type { Endpoint, SpanKind } from './span.js';

type Attributes = ReadonlyMap<string, unknown>;

/** An attribute with a name or an address, and the one with its port. */
type Place = readonly [host: string, port?: string];

/**
 * What may name the other side, the best first: the ranking of "OpenTelemetry to Zipkin
 * Transformation", with the names that came later or were there before.
 */
const PEER: readonly Place[] = [
  ['peer.service'],
  ['service.peer.name'],
  ['server.address', 'server.port'],
  ['net.peer.name', 'net.peer.port'],
  ['network.peer.address', 'network.peer.port'],
  ['server.socket.domain', 'server.socket.port'],
  ['server.socket.address', 'server.socket.port'],
  ['net.sock.peer.name', 'net.sock.peer.port'],
  ['net.sock.peer.addr', 'net.sock.peer.port'],
  ['net.peer.ip', 'net.peer.port'],
  ['peer.hostname', 'peer.port'],
  ['peer.address', 'peer.port'],
  ['peer.ipv4', 'peer.port'],
  ['peer.ipv6', 'peer.port'],
  ['db.name'],
];

/** A server knows its own name as `server.address`, and its client by an address alone. */
const CLIENT_OF_SERVER: readonly Place[] = [
  ['peer.service'],
  ['service.peer.name'],
  ['network.peer.address', 'network.peer.port'],
  ['net.sock.peer.addr', 'net.sock.peer.port'],
  ['net.peer.ip', 'net.peer.port'],
  ['client.address', 'client.port'],
  ['peer.ipv4', 'peer.port'],
  ['peer.ipv6', 'peer.port'],
];

/** Work inside of the program has another side only if it says so. */
const NAMED: readonly Place[] = [
  ['peer.service'],
  ['service.peer.name'],
  ['network.peer.address', 'network.peer.port'],
];

const LOCAL: readonly Place[] = [
  ['network.local.address', 'network.local.port'],
  ['net.sock.host.addr', 'net.sock.host.port'],
  ['net.host.ip', 'net.host.port'],
];

/** What else stands here, such as a socket's path or a client's host name, names no service. */
const ONLY_ADDRESSES: ReadonlySet<string> = new Set([
  'client.address',
  'network.peer.address',
  'net.sock.peer.addr',
  'net.peer.ip',
  'peer.ipv4',
  'peer.ipv6',
]);
const MAX_PORT = 65_535;

/**
 * The endpoints of a span out of its attributes in OpenTelemetry's semantic conventions, current
 * and older ones: the first name, the first address, and the port that belongs to either.
 */
export function endpointsOf(
  attributes: Attributes,
  serviceName: string,
  kind: SpanKind | undefined,
): { localEndpoint: Endpoint; remoteEndpoint: Endpoint } {
  const places = kind === undefined ? NAMED : kind === 'SERVER' ? CLIENT_OF_SERVER : PEER;
  return {
    localEndpoint: { ...endpointAt(LOCAL, attributes), serviceName },
    remoteEndpoint: endpointAt(places, attributes),
  };
}

function endpointAt(places: readonly Place[], attributes: Attributes): Endpoint {
  const endpoint: Endpoint = {};
  let hasAddress = false;
  for (const [host, portKey] of places) {
    const text = valueText(attributes.get(host));
    if (text === '') continue;
    const address = parseAddress(text);
    const isName = address === undefined && !ONLY_ADDRESSES.has(host);
    const isFirstAddress: boolean = address !== undefined && !hasAddress;
    if (isName) endpoint.serviceName ??= text;
    if (isFirstAddress) Object.assign(endpoint, address);
    hasAddress ||= isFirstAddress;
    if (isName || isFirstAddress) addPort(endpoint, portKey, attributes);
  }
  // A port may stand alone, too.
  for (const [, portKey] of places) addPort(endpoint, portKey, attributes);
  return endpoint;
}

/** Adds what is a port, unless there is one. */
function addPort(endpoint: Endpoint, key: string | undefined, attributes: Attributes): void {
  const port = key === undefined ? Number.NaN : Number(attributes.get(key));
  if (Number.isInteger(port) && port > 0 && port <= MAX_PORT) endpoint.port ??= port;
}
