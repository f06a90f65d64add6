import { REFERENCE_CHILD_OF, REFERENCE_FOLLOWS_FROM } from './constants.js';
import type { SpanOrContext } from './context_of.js';
import Reference from './reference.js';

/** A reference for `SpanOptions.references`: the new span is a child of `spanContext`. */
export function childOf(spanContext: SpanOrContext | null | undefined): Reference {
  return new Reference(REFERENCE_CHILD_OF, spanContext);
}

/** A reference for `SpanOptions.references`: the new span follows from `spanContext`. */
export function followsFrom(spanContext: SpanOrContext | null | undefined): Reference {
  return new Reference(REFERENCE_FOLLOWS_FROM, spanContext);
}
