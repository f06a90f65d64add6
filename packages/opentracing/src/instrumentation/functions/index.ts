/**
 * Traces functions, and carries the active span into callbacks, emitters, streams and async iterators. For
 * any runtime.
 *
 * @module
 */
export type { InstrumentationOptions } from '../options.js';
export { traced } from './traced.js';
export type { TracedDecorator } from './traced-decorator.js';
export type { AnyFunction, CallTags, TracedOptions } from './traced-options.js';
export { wrap } from './wrap.js';
export type { EmitterLike } from './wrap-emitter.js';
