import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';
import type { Guard } from './guard.js';

/** What has come of a call. */
type Outcome<R> = { readonly value: R } | { readonly error: unknown };

/**
 * Calls `fn` once with `span` active, and ends the span when it has returned, thrown or settled. What the
 * tracer, its scope manager or the span throws goes to the guard.
 *
 * @returns what `fn` returns; for a promise, one that settles as it does
 * @throws what `fn` throws, and nothing else
 * @internal
 */
export function runWithSpan<R>(tracer: Tracer, span: Span, fn: () => R, guard: Guard): R {
  const run: { outcome?: Outcome<R> } = {};
  let result: R;
  try {
    result = tracer.scopeManager.withActive(
      span,
      () => {
        run.outcome = outcomeOf(fn);
        return take(run.outcome);
      },
      true,
    );
  } catch (failure) {
    if (run.outcome === undefined) {
      guard(() => span.finish())();
    }
    const outcome = run.outcome ?? outcomeOf(fn);
    tell(guard, failure, outcome);
    return take(outcome);
  }
  const promise = (run.outcome as { readonly value?: unknown } | undefined)?.value;
  // Any other thenable is left alone: it may do its work again when it is asked again.
  return promise instanceof Promise && result instanceof Promise
    ? (result.then(undefined, (failure) => settled(guard, failure, promise)) as R)
    : result;
}

function outcomeOf<R>(fn: () => R): Outcome<R> {
  try {
    return { value: fn() };
  } catch (error) {
    return { error };
  }
}

function take<R>(outcome: Outcome<R>): R {
  if ('error' in outcome) {
    throw outcome.error;
  }
  return outcome.value;
}

async function settled(
  guard: Guard,
  failure: unknown,
  promise: Promise<unknown>,
): Promise<unknown> {
  const outcome = await promise.then(
    (value): Outcome<unknown> => ({ value }),
    (error): Outcome<unknown> => ({ error }),
  );
  tell(guard, failure, outcome);
  return take(outcome);
}

/** Unless it is the error of the program itself. */
function tell(guard: Guard, failure: unknown, outcome: Outcome<unknown>): void {
  if (!('error' in outcome && outcome.error === failure)) {
    guard(() => {
      throw failure;
    })();
  }
}
