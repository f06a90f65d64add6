import type { Socket } from 'node:net';
import { type Peer, peerAt } from '../http-tags.js';

// Asking the runtime and reading its answer costs more than the rest of the tags of a request.
const peers = new WeakMap<Socket, Peer>();

/** @internal The remote end of a socket that is connected. */
export function peerOf(socket: Socket): Peer {
  let peer = peers.get(socket);
  if (peer === undefined) {
    peer = peerAt(socket.remoteAddress, socket.remotePort);
    peers.set(socket, peer);
  }
  return peer;
}
