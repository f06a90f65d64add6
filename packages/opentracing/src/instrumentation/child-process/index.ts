/**
 * Hands the active span over to another process: in its environment, and beside messages.
 *
 * @module
 */
export {
  contextFromEnvironment,
  type Environment,
  type EnvironmentOptions,
  environmentWithContext,
  type InheritedOptions,
} from '../environment-context.js';
export {
  attachContext,
  type ContextEnvelope,
  detachContext,
  type HandlerOptions,
  tracedHandler,
} from '../message-context.js';
export type { InstrumentationOptions } from '../options.js';
export type { SendOptions } from '../span-to-send.js';
