import { checkMethod, checkOption } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { mistypedOptions } from '../mistyped-options.js';
import { tell } from './guard.js';
import type { InstrumentationOptions } from './options.js';

/** @internal What may be given in the place of options, and what helps; see `checkOptions`. */
export const NO_OPTIONS = { startSpan: 'tracer; pass it as { tracer }' };

/**
 * What every instrumentation takes.
 *
 * @param of - the function that takes the options, for messages
 * @throws TypeError
 * @internal
 */
export function checkInstrumentationOptions(of: string, options: InstrumentationOptions): void {
  checkOptions(of, options, NO_OPTIONS);
  const { tracer, onError } = options;
  checkOption('tracer', tracer, 'startSpan');
  if (onError !== undefined) {
    checkMethod('The onError is', onError, 'call', 'give a function, or leave it out');
  }
}

/** @internal Tells of names that look mistyped, for functions that are called once; see `mistypedOptions`. */
export function tellMistyped(
  of: string,
  options: InstrumentationOptions,
  known: Readonly<Record<string, true>>,
  elsewhere?: Readonly<Record<string, string>>,
): void {
  const slips = mistypedOptions(of, options, known, elsewhere);
  if (slips !== null) {
    tell(slips, options.onError ?? warn);
  }
}

/** @internal Tells of an option where no `onError` is given. */
export function warn(error: unknown): void {
  console.warn(`opentracing-ts: ${(error as Error).message}`);
}
