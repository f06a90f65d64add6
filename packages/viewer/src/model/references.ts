import { OTLP_TAGS, parseLink } from './otlp-names.js';
import type { Span } from './span.js';

const REFERENCE_TYPE = 'opentracing.ref_type';
const FOLLOWS_FROM = 'follows_from';

/** Another span to which a span refers. */
export interface SpanReference {
  /** `follows_from`, `child_of`, or what the program called it; undefined for a link that says nothing. */
  type: string | undefined;
  /** 16 or 32 hexadecimal digits, 16 for an id of 64 bits, as the collector keeps it. */
  traceId: string;
  spanId: string;
  /** Whether it is a span of the same trace. */
  isHere: boolean;
  /** What else is said of the reference. */
  attributes: Readonly<Record<string, unknown>>;
}

/** The references of a span but for its parent: links, as OTLP has them. */
export function referencesOf(span: Span): SpanReference[] {
  return Object.entries(span.tags ?? {}).flatMap(([key, value]) => {
    const link = key.startsWith(OTLP_TAGS.link) ? parseLink(value) : undefined;
    if (link === undefined) return [];
    const { [REFERENCE_TYPE]: type, ...attributes } = link.attributes;
    return [
      {
        type: type === undefined ? undefined : String(type),
        traceId: shortId(link.traceId),
        spanId: link.spanId,
        isHere: shortId(link.traceId) === shortId(span.traceId),
        attributes,
      },
    ];
  });
}

/**
 * Whether a span follows from its parent, which does not wait for it, rather than being a child of it: by the
 * tag `opentracing.ref_type` that Zipkin gets, or by the link to the parent that OTLP gets.
 */
export function followsFromParent(span: Span): boolean {
  if (span.tags?.[REFERENCE_TYPE] === FOLLOWS_FROM) return true;
  return referencesOf(span).some(
    ({ type, isHere, spanId }) => type === FOLLOWS_FROM && isHere && spanId === span.parentId,
  );
}

/** An id of 64 bits that OTLP has lengthened, as the collector keeps it. */
function shortId(traceId: string): string {
  return traceId.replace(/^0{16}(?=[0-9a-f]{16}$)/, '');
}
