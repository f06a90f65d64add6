import { OTLP_TAGS, parseLink } from './otlp-names.js';
import type { Span } from './span.js';

/**
 * Whether a span follows from its parent, which does not wait for it, rather than being a child of it: by the
 * tag `opentracing.ref_type` that Zipkin gets, or by the link to the parent that OTLP gets.
 */
export function followsFromParent({ parentId, tags = {} }: Span): boolean {
  if (tags['opentracing.ref_type'] === 'follows_from') return true;
  return Object.entries(tags).some(([key, text]) => {
    const link = key.startsWith(OTLP_TAGS.link) ? parseLink(text) : undefined;
    const isParent = link !== undefined && link.spanId === parentId;
    return isParent && link.attributes['opentracing.ref_type'] === 'follows_from';
  });
}
