import { childOf, contextOf, REFERENCE_CHILD_OF, type Reference } from './reference.js';
import type { SpanOptions, Tracer } from './tracer.js';

/**
 * The relations that a new span has by its options: `childOf` first, then `references`, without those
 * that are ignored; where there are none, the active span is the parent unless the options say not to
 * look at it.
 *
 * @internal
 */
export function referencesOf(tracer: Tracer, options: SpanOptions | null | undefined): Reference[] {
  const references: Reference[] = [];
  const parent = options?.childOf && contextOf(options.childOf);
  if (parent) {
    references.push(childOf(parent));
  }
  const given: readonly (Reference | null)[] = Array.isArray(options?.references)
    ? options.references
    : [];
  for (const reference of given) {
    if (reference?.referencedContext?.()) {
      references.push(reference);
    }
  }
  if (references.length === 0 && options?.ignoreActiveSpan !== true) {
    const active = tracer.activeSpan;
    if (active !== null) {
      references.push(childOf(active));
    }
  }
  return references;
}

/**
 * The reference whose span is the parent: the first that says `child_of`, or else the first.
 *
 * @internal
 */
export function parentReference(references: readonly Reference[]): Reference | undefined {
  return references.find((reference) => reference.type() === REFERENCE_CHILD_OF) ?? references[0];
}
