/**
 * Hands the active span over to another thread: beside messages and `workerData`.
 *
 * @module
 */
export {
  attachContext,
  type ContextEnvelope,
  detachContext,
  type HandlerOptions,
  tracedHandler,
} from '../message-context.js';
export type { InstrumentationOptions } from '../options.js';
export type { SendOptions } from '../span-to-send.js';
