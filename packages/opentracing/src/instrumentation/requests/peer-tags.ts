import { Tags } from '../../tags.js';
import { peerAt } from '../http-tags.js';

/**
 * Sets the tags for the other end, of what is known of it.
 *
 * @param host - an address, or a name
 * @internal
 */
export function addPeerTags(
  tags: Record<string, unknown>,
  service: string | null | undefined,
  host: string | null | undefined,
  port: number | string | null | undefined,
): void {
  if (service) {
    tags[Tags.PEER_SERVICE] = service;
  }
  if (host) {
    const peer = peerAt(host.replace(/^\[|\]$/g, ''), undefined);
    tags[peer.tag ?? Tags.PEER_HOSTNAME] = peer.host;
  }
  if (Number(port) > 0) {
    tags[Tags.PEER_PORT] = Number(port);
  }
}
