import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';
import { withoutActiveSpan } from '../without-active-span.js';

/**
 * Runs `fn` once with `span` active, or with none where it is `null`, whatever the scope manager does.
 *
 * @returns what `fn` returns
 * @throws what `fn` throws, and nothing else
 * @internal
 */
export function runInScope<R>(tracer: Tracer, span: Span | null, fn: () => R): R {
  let isCalled = false;
  let returned: { value: R } | null = null;
  const call = () => {
    isCalled = true;
    const value = fn();
    returned = { value };
    return value;
  };
  try {
    return span === null
      ? withoutActiveSpan(tracer, call)
      : tracer.scopeManager.withActive(span, call);
  } catch (error) {
    if (returned !== null) {
      return (returned as { value: R }).value;
    }
    if (isCalled) {
      throw error;
    }
    return fn();
  }
}
