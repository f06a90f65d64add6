import { checkMethod, checkOption } from '../check-method.js';
import type { InstrumentationOptions } from './options.js';

/** @internal What every instrumentation takes. @throws TypeError */
export function checkInstrumentationOptions({ tracer, onError }: InstrumentationOptions): void {
  checkOption('tracer', tracer, 'startSpan');
  if (onError !== undefined) {
    checkMethod('The onError is', onError, 'call', 'give a function, or leave it out');
  }
}
