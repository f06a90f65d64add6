import { describeError } from '../describe-error.js';
import type { ServerSpan } from './server-spans.js';

// Shared by all copies of this package in one thread: a program's copy and that of `register` may see
// the same error.
const SLOT = Symbol.for('opentracing-ts/v1/handled-errors');
const slots = globalThis as { [SLOT]?: WeakMap<object, unknown> };
slots[SLOT] ??= new WeakMap();
const lastErrors = slots[SLOT];

/**
 * Records what a handler has thrown, and a framework turns into a response: once, though the framework
 * tells of it at several places. An error that says that the request was wrong (`status` or `statusCode`
 * from 400 to 499) is logged, but is no failure of the server, so it does not set the `error` tag.
 *
 * @internal
 */
export function logHandledError(serverSpan: ServerSpan, error: unknown): void {
  const { span } = serverSpan;
  if (lastErrors.has(span) && lastErrors.get(span) === error) {
    return;
  }
  lastErrors.set(span, error);
  if (isOfRequest(error)) {
    span.log(describeError(error));
  } else {
    span.logError(error);
  }
}

function isOfRequest(error: unknown): boolean {
  const { status, statusCode } = (error ?? {}) as { status?: unknown; statusCode?: unknown };
  const code = Number(status ?? statusCode);
  return code >= 400 && code < 500;
}
