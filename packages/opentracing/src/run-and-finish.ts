import type { Span } from './span.js';

/**
 * A scope manager, as far as running a function in a place of its own goes.
 *
 * @internal
 */
export interface Runner<Place> {
  /** Calls `fn` with `argument` and with the span of the place active. */
  _run<A, R>(place: Place, fn: (argument: A) => R, argument: A): R;
  /** Lets go of the span, which has finished. */
  _release(place: Place): void;
}

/**
 * Runs `fn` and finishes `span` when it returns, throws or its promise settles; an error is logged
 * on the span and thrown on unchanged.
 *
 * For a promise the caller gets the promise that follows from it, so that a rejection which nobody
 * handles stays unhandled. Another thenable is asked once only: some start their work when asked.
 *
 * @param runner - runs `fn`
 * @param place - where the span is active meanwhile
 * @internal
 */
export function runAndFinish<P, R>(
  span: Span,
  fn: (span: Span) => R,
  runner: Runner<P>,
  place: P,
): R {
  let result: R;
  try {
    result = runner._run(place, fn, span);
  } catch (error) {
    fail(span, error, runner, place);
    throw error;
  }
  if (isThenable(result)) {
    return finishWhenSettled(span, result, runner, place) as R;
  }
  span.finish();
  runner._release(place);
  return result;
}

// Apart from the above, which then is small enough to be compiled into the program's own function.
function finishWhenSettled<P, T>(
  span: Span,
  thenable: PromiseLike<T>,
  runner: Runner<P>,
  place: P,
): Promise<T> {
  const promise = thenable instanceof Promise ? thenable : adopt(thenable, span, runner, place);
  return promise.then(
    (value) => {
      span.finish();
      runner._release(place);
      return value;
    },
    (error) => {
      fail(span, error, runner, place);
      throw error;
    },
  );
}

/** Asks the thenable where the span is active, for those that start their work only then. */
function adopt<P, T>(thenable: T, span: Span, runner: Runner<P>, place: P): Promise<Awaited<T>> {
  return runner._run(place, () => Promise.resolve(thenable), span);
}

function fail<P>(span: Span, error: unknown, runner: Runner<P>, place: P): void {
  span.logError(error);
  span.finish();
  runner._release(place);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  const mayHaveThen = (typeof value === 'object' && value !== null) || typeof value === 'function';
  return mayHaveThen && hasThen(value);
}

function hasThen(value: object): boolean {
  try {
    return typeof (value as Partial<PromiseLike<unknown>>).then === 'function';
  } catch {
    // A strict proxy, say: the program never asked for its `then`.
    return false;
  }
}
