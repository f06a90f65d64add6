import { checkMethod } from '../check-method.js';
import type { Propagator } from './propagator.js';

/** @internal What `registerPropagator` looks at, lest the first `inject` fails. */
export function checkPropagator(propagator: Propagator): void {
  for (const method of ['inject', 'extract']) {
    checkMethod('The propagator is', propagator, method, 'pass one with inject and extract');
  }
}
