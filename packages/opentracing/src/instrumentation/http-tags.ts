import { isIPv4, isIPv6 } from 'node:net';
import { Tags } from '../tags.js';

/**
 * The value of the tag `http.url`: without user name and password, and without query and fragment,
 * whose values are often secrets and always many.
 *
 * @param origin - such as `http://127.0.0.1:8080`; ignored when `target` is an absolute URL
 * @param target - the path with its query, or an absolute URL as proxies get them
 * @internal
 */
export function urlTag(origin: string, target: string): string {
  const path = target.split(/[?#]/, 1)[0] as string;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(path)?.[0];
  if (scheme === undefined) {
    return origin + path;
  }
  const rest = path.slice(scheme.length);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  return scheme + rest.slice(authority.lastIndexOf('@') + 1);
}

/** @internal The tags for the remote end of a socket: none for a local (Unix) one. */
export function peerTags(
  address: string | undefined,
  port: number | undefined,
): Record<string, string | number> {
  const tags: Record<string, string | number> = {};
  const host = address?.replace(/^::ffff:(?=\d+\.)|%.*$/g, '') ?? '';
  if (isIPv4(host)) {
    tags[Tags.PEER_HOST_IPV4] = host;
  } else if (isIPv6(host)) {
    tags[Tags.PEER_HOST_IPV6] = host;
  }
  if (port) {
    tags[Tags.PEER_PORT] = port;
  }
  return tags;
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
