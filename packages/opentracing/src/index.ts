/**
 * The OpenTracing platform API. Loads no built-in of any runtime and has no dependency; without a
 * registered tracer, everything in it does nothing.
 *
 * @module
 */
export {
  InvalidCarrierError,
  SpanContextCorruptedError,
  UnsupportedFormatError,
} from './errors.js';
export {
  globalTracer,
  isGlobalTracerRegistered,
  setGlobalTracer,
  setGlobalTracer as initGlobalTracer,
} from './global-tracer.js';
export { Logs } from './logs.js';
export {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
} from './propagation.js';
export {
  childOf,
  followsFrom,
  REFERENCE_CHILD_OF,
  REFERENCE_FOLLOWS_FROM,
  Reference,
} from './reference.js';
export { Scope } from './scope.js';
export { ScopeManager } from './scope-manager.js';
export { Span } from './span.js';
export { SpanContext } from './span-context.js';
export { startChildSpan } from './start-child-span.js';
export { Tags } from './tags.js';
export { type ActiveSpanOptions, type SpanOptions, Tracer } from './tracer.js';
export { withScopes } from './with-scopes.js';
export { withoutActiveSpan } from './without-active-span.js';
