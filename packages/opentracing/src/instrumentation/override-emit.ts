import type { EventEmitter } from 'node:events';

/** @internal `EventEmitter.emit`, as a function that is given its emitter as `this`. */
export type Emit = (this: EventEmitter, ...args: EmitArguments) => boolean;

/** @internal The name of an event, and what it tells. */
export type EmitArguments = [event: string | symbol, ...args: unknown[]];

/**
 * Sees every event of one emitter without a listener on it: a listener would count (`listenerCount`),
 * would keep a response from being discarded, and would make an unhandled 'error' handled.
 *
 * @param emitter - the emitter, which gets an `emit` of its own
 * @param wrap - gets the `emit` so far, returns the new one
 * @internal
 */
export function overrideEmit(emitter: EventEmitter, wrap: (emit: Emit) => Emit): void {
  Object.defineProperty(emitter, 'emit', {
    value: wrap(emitter.emit as Emit),
    configurable: true,
    writable: true,
  });
}
