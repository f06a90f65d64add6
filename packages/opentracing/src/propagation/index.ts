/**
 * The wire formats of span contexts.
 *
 * @module
 */
export { BasicSpanContext } from './basic-span-context.js';
export type { Propagator } from './propagator.js';
export {
  binaryPropagator,
  PROPAGATION_FORMATS,
  type PropagationFormat,
  type StandardPropagator,
  textPropagator,
} from './standard-propagators.js';
