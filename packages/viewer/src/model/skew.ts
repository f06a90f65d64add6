import type { Endpoint } from './span.js';
import type { Node } from './tree.js';

/**
 * Moves the spans of hosts whose clock is wrong, as far as a trace can tell: a server's span has
 * to lie inside the client's span that caused it. The shift holds for the server's span and all
 * spans of the same host under it. Spans of one host are never moved against each other.
 */
export function correctClocks(roots: readonly Node[]): void {
  const waiting = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    const shift = skewOf(node);
    if (shift !== 0) shiftHost(node, shift);
    for (const child of node.children) waiting.push(child);
  }
}

/** How far the clock of a server's host is ahead of its client's, in microseconds, 0 if unknown. */
function skewOf(server: Node): number {
  const client = server.parent;
  if (client?.span.kind !== 'CLIENT' || server.span.kind !== 'SERVER') return 0;
  if (Number.isNaN(client.start) || Number.isNaN(server.start)) return 0;
  if (!areDifferentHosts(client.span.localEndpoint, server.span.localEndpoint)) return 0;
  const ahead = server.start - client.start;
  const isOneWay = client.duration === 0 || server.duration === 0;
  // An answer may be sent before the server is done: then only a start before the call is wrong.
  if (isOneWay || server.duration > client.duration) return ahead < 0 ? ahead - 1 : 0;
  const isInside = ahead >= 0 && ahead + server.duration <= client.duration;
  return isInside ? 0 : Math.round(ahead - (client.duration - server.duration) / 2);
}

function shiftHost(top: Node, shift: number): void {
  const waiting = [top];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    node.start -= shift;
    node.shift -= shift;
    for (const child of node.children) {
      if (!areDifferentHosts(child.span.localEndpoint, top.span.localEndpoint)) waiting.push(child);
    }
  }
}

/** Hosts are told apart by their addresses only: without one there is nothing to say. */
function areDifferentHosts(a: Endpoint | undefined, b: Endpoint | undefined): boolean {
  if (a?.ipv4 !== undefined && b?.ipv4 !== undefined) return a.ipv4 !== b.ipv4;
  if (a?.ipv6 !== undefined && b?.ipv6 !== undefined) return a.ipv6 !== b.ipv6;
  return false;
}
