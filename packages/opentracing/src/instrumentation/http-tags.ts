import { isIPv4, isIPv6 } from 'node:net';
import type { Span } from '../span.js';
import { Tags } from '../tags.js';

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Of an IPv4 address in IPv6, and the zone. */
const NOT_OF_ADDRESS = /^::ffff:(?=\d+\.)|%.*$/g;

/**
 * The value of the tag `http.url`: without user name and password, and without query and fragment,
 * whose values are often secrets and always many.
 *
 * @param origin - such as `http://127.0.0.1:8080`; ignored when `target` is an absolute URL
 * @param target - the path with its query, or an absolute URL as proxies get them
 * @internal
 */
export function urlTag(origin: string, target: string): string {
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  const scheme = path.startsWith('/') ? undefined : SCHEME.exec(path)?.[0];
  if (scheme === undefined) {
    return origin + path;
  }
  const rest = path.slice(scheme.length);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  return scheme + rest.slice(authority.lastIndexOf('@') + 1);
}

/** The remote end of a connection; a local (Unix) one has neither address nor port. */
export interface Peer {
  /** `peer.ipv4` or `peer.ipv6`; `undefined` for what is no address. */
  readonly tag: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
}

/** @internal */
export function peerAt(address: string | undefined, port: number | undefined): Peer {
  const host = address?.replace(NOT_OF_ADDRESS, '') ?? '';
  const tag = isIPv4(host) ? Tags.PEER_HOST_IPV4 : isIPv6(host) ? Tags.PEER_HOST_IPV6 : undefined;
  return { tag, host, port };
}

/** @internal */
export function tagPeer(span: Span, { tag, host, port }: Peer): void {
  if (tag !== undefined) {
    span.setTag(tag, host);
  }
  if (port) {
    span.setTag(Tags.PEER_PORT, port);
  }
}

/**
 * Whether a request asks not to be traced, by the B3 header that says "do not sample": that is how an
 * exporter of spans marks its own requests, which would otherwise be traced, exported, traced again.
 * The program may mark requests in the same way.
 *
 * @internal
 */
export function isSuppressed(b3: unknown): boolean {
  return b3 === '0';
}
