import { childOf, contextOf, REFERENCE_CHILD_OF, Reference } from './reference.js';
import type { SpanContext } from './span-context.js';
import type { SpanOptions, Tracer } from './tracer.js';

const NAMES = ['childOf', 'references', 'tags', 'startTime', 'ignoreActiveSpan'] as const;

/**
 * The options as a plain object, without those that throw when they are read. They come from the
 * program and may be anything; what can be read of them still counts.
 *
 * @internal
 */
export function readOptions(options: SpanOptions | null | undefined): SpanOptions {
  const read: Record<string, unknown> = {};
  for (const name of NAMES) {
    try {
      read[name] = options?.[name];
    } catch {
      // As if it had not been given.
    }
  }
  return read;
}

/** @internal A copy of tags or fields, up to one that throws when it is read. */
export function readEntries(given: object): Record<string, unknown> {
  const entries: [string, unknown][] = [];
  try {
    for (const key of Object.keys(given)) {
      entries.push([key, (given as Record<string, unknown>)[key]]);
    }
  } catch {
    // What was read before is kept.
  }
  return Object.fromEntries(entries);
}

/**
 * The relations that a new span has by its options: `childOf` first, then `references`, without those
 * that are ignored; where there are none, the active span is the parent unless the options say not to
 * look at it.
 *
 * @param options - as {@link readOptions} gives them
 * @param read - what the tracer knows a context as; `null` for one that it ignores
 * @internal
 */
export function referencesOf(
  tracer: Tracer,
  options: SpanOptions,
  read: (context: SpanContext) => object | null,
): Reference[] {
  const references: Reference[] = [];
  const parent = options.childOf && contextOf(options.childOf);
  if (parent && read(parent)) {
    references.push(childOf(parent));
  }
  try {
    for (const given of Array.isArray(options.references) ? options.references : []) {
      addReference(references, given, read);
    }
  } catch {
    // A list that throws when it is read: what came before is kept.
  }
  if (references.length === 0 && options.ignoreActiveSpan !== true) {
    const active = tracer.activeSpan;
    if (active !== null) {
      references.push(childOf(active));
    }
  }
  return references;
}

/** Adds a copy, which answers the same whenever it is asked. */
function addReference(
  references: Reference[],
  given: Reference | null,
  read: (context: SpanContext) => object | null,
): void {
  try {
    const context = given?.referencedContext();
    if (given && context && read(context)) {
      references.push(new Reference(given.type(), context));
    }
  } catch {
    // One that throws when it is asked is ignored.
  }
}

/**
 * The reference whose span is the parent: the first that says `child_of`, or else the first.
 *
 * @internal
 */
export function parentReference(references: readonly Reference[]): Reference | undefined {
  return references.find((reference) => reference.type() === REFERENCE_CHILD_OF) ?? references[0];
}
