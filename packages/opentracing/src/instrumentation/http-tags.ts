import type { Span } from '../span.js';
import { Tags } from '../tags.js';

/** Of an IPv4 address in IPv6, and the zone. */
const NOT_OF_ADDRESS = /^::ffff:(?=\d+\.)|%.*$/g;
const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/;
/** Of what stands where a host name may stand too, which has no colon. */
const IPV6 = /^(?=.*:.*:)[\da-f:.]+$/i;

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
  const tag = IPV4.test(host)
    ? Tags.PEER_HOST_IPV4
    : IPV6.test(host)
      ? Tags.PEER_HOST_IPV6
      : undefined;
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
