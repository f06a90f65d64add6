import type { Span } from '../span.js';
import { Tags } from '../tags.js';
import type { SpanOptions, Tracer } from '../tracer.js';
import { peerAt, tagPeer } from './http-tags.js';
import { urlTag } from './url-tag.js';

/**
 * Starts the span of a request that this program makes; the active span is the parent.
 *
 * @param target - the path with its query
 * @param options - of another parent, or another time
 * @internal
 */
export function startClientSpan(
  tracer: Tracer,
  component: string,
  method: string,
  { origin, protocol, hostname, port }: URL,
  target: string,
  withQuery: boolean,
  options?: SpanOptions,
): Span {
  const host = hostname.replace(/^\[|\]$/g, '');
  const span = tracer.startSpan(method, {
    ...options,
    tags: {
      [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT,
      [Tags.COMPONENT]: component,
      [Tags.HTTP_METHOD]: method,
      [Tags.HTTP_URL]: urlTag(origin, target, withQuery),
      [Tags.PEER_HOSTNAME]: host,
    },
  });
  tagPeer(span, peerAt(host, Number(port) || (protocol === 'https:' ? 443 : 80)));
  return span;
}
