import type { Span } from '../span.js';
import { show } from './check.js';

/** @internal The methods that return their span, each with a call of it. */
export const CHAINED_CALLS: readonly [method: string, call: (span: Span) => unknown][] = [
  ['setOperationName', (span) => span.setOperationName('Hubert')],
  ['setTag', (span) => span.setTag('birthday', '9 April, 2841')],
  ['addTags', (span) => span.addTags({ loves: 'different lengths of wires' })],
  ['log', (span) => span.log({ 'frozen.year': 1999 })],
  ['log with a time', (span) => span.log({ 'defrosted.year': 2999 }, Date.now())],
  ['logError', (span) => span.logError(new Error('expected'))],
  ['setBaggageItem', (span) => span.setBaggageItem('Kiff-loves', 'Amy')],
];

/**
 * What a check has failed with, in a word that helps: where a method does not return its span, the call
 * behind it fails, and the error of the engine names that one.
 *
 * @param start - starts a span of the tracer under test
 * @internal
 */
export function nameGuiltyMethod(error: unknown, start: () => Span): unknown {
  if (!(error instanceof TypeError)) {
    return error;
  }
  try {
    const span = start();
    for (const [method, call] of CHAINED_CALLS) {
      const result = call(span);
      if (result !== span) {
        const message = `${method} should return its span, but returns ${show(result)}, so that`;
        return new Error(`${message}: ${error.message}.`, { cause: error });
      }
    }
  } catch {
    // Then something else is wrong, and the error says what.
  }
  return error;
}
