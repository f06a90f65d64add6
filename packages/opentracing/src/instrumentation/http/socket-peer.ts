import type { Socket } from 'node:net';
import { type Peer, peerAt } from '../http-tags.js';

/** What of a socket says where its other end is. */
export type Remote = Pick<Socket, 'remoteAddress' | 'remotePort'>;

// Asking the runtime and reading its answer costs more than the rest of the tags of a request.
const peers = new WeakMap<Remote, Peer>();

/** @internal The remote end of a socket that is connected. */
export function peerOf(socket: Remote): Peer {
  let peer = peers.get(socket);
  if (peer === undefined) {
    peer = peerAt(socket.remoteAddress, socket.remotePort);
    peers.set(socket, peer);
  }
  return peer;
}
