import type { Span } from './span.js';

/**
 * The place in a scope manager that a span is active in while a function runs.
 *
 * @internal
 */
export interface Activation {
  /** Calls `fn` with `span`, which is active meanwhile. */
  run<R>(fn: (span: Span) => R, span: Span): R;
  /** Lets go of the span, which has finished. */
  release(): void;
}

/**
 * Runs `fn` and finishes `span` when it returns, throws or its promise settles; an error is logged
 * on the span and thrown on unchanged.
 *
 * For a promise the caller gets the promise that follows from it, so that a rejection which nobody
 * handles stays unhandled. Another thenable is asked once only: some start their work when asked.
 *
 * @param activation - where the span is active meanwhile
 * @internal
 */
export function runAndFinish<R>(span: Span, fn: (span: Span) => R, activation: Activation): R {
  let result: R;
  try {
    result = activation.run(fn, span);
  } catch (error) {
    fail(span, error, activation);
    throw error;
  }
  if (isThenable(result)) {
    return finishWhenSettled(span, result, activation) as R;
  }
  span.finish();
  activation.release();
  return result;
}

// Apart from the above, which then is small enough to be compiled into the program's own function.
function finishWhenSettled<T>(
  span: Span,
  thenable: PromiseLike<T>,
  activation: Activation,
): Promise<T> {
  const promise = thenable instanceof Promise ? thenable : adopt(thenable, span, activation);
  return promise.then(
    (value) => {
      span.finish();
      activation.release();
      return value;
    },
    (error) => {
      fail(span, error, activation);
      throw error;
    },
  );
}

/** Asks the thenable where the span is active, for those that start their work only then. */
function adopt<T>(thenable: T, span: Span, activation: Activation): Promise<Awaited<T>> {
  return activation.run(() => Promise.resolve(thenable), span);
}

function fail(span: Span, error: unknown, activation: Activation): void {
  span.logError(error);
  span.finish();
  activation.release();
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
