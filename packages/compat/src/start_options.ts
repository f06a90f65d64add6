import * as library from 'opentracing-ts';
import { childOf } from './functions.js';
import type Reference from './reference.js';
import { isScopeManager, NOOP_SCOPE_MANAGER } from './scope_managers.js';
import type { Span } from './span.js';
import type { ActiveSpanOptions, SpanOptions, StartSpanOptions, Tracer } from './tracer.js';

/** The manager of a tracer, which may have another thing under that name. */
export function managerOf(tracer: Tracer): library.ScopeManager {
  const manager: unknown = tracer.scopeManager;
  return isScopeManager(manager) ? manager : NOOP_SCOPE_MANAGER;
}

/** The active span, whatever the tracer may have under that name. */
export function activeSpanOf(tracer: Tracer): Span | null {
  return isScopeManager(tracer.scopeManager)
    ? (Reflect.get(library.Tracer.prototype, 'activeSpan', tracer) as Span | null)
    : null;
}

/** A copy of the options as `_startSpan` gets them. */
export function fieldsOf(
  tracer: Tracer,
  options: StartSpanOptions | null | undefined,
): SpanOptions {
  const given: ActiveSpanOptions = typeof options === 'object' && options !== null ? options : {};
  const { references: others, ignoreActiveSpan, finishOnClose: _, ...rest } = given;
  const references: Reference[] = [];
  for (const reference of Array.isArray(others) ? others : []) {
    if (reference?.referencedContext?.()) {
      references.push(reference);
    }
  }
  if (rest.childOf) {
    references.push(childOf(rest.childOf));
    delete rest.childOf;
  }
  if (references.length === 0 && ignoreActiveSpan !== true) {
    const active = activeSpanOf(tracer);
    if (active !== null) {
      references.push(childOf(active));
    }
  }
  const fields = rest as SpanOptions;
  if (fields.tags) {
    fields.tags = { ...fields.tags };
  }
  if (references.length > 0) {
    fields.references = references;
  }
  return fields;
}

/**
 * The options for a tracer with a `startSpan` of its own, to which the active span has to be given as
 * the parent where there is no other.
 */
export function withActiveParent<O extends StartSpanOptions>(
  tracer: Tracer,
  options: O | null | undefined,
): O | undefined {
  const { childOf: parent, references, ignoreActiveSpan } = options ?? {};
  const hasParent = parent || (Array.isArray(references) && references.length > 0);
  const active = hasParent || ignoreActiveSpan ? null : activeSpanOf(tracer);
  return active === null ? (options ?? undefined) : ({ ...options, childOf: active } as O);
}
