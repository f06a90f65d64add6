/**
 * The API of `opentracing@0.14.7` over `opentracing-ts`: what programs and tracers written for the one
 * need to run unchanged and to gain the scopes of the other.
 *
 * @module
 */
import * as library from 'opentracing-ts';
import BinaryCarrierClass from './binary_carrier.js';
import * as constants from './constants.js';
import * as tags from './ext/tags.js';
import * as functions from './functions.js';
import * as global from './global_tracer.js';
import * as mock from './mock_tracer/index.js';
import ReferenceClass from './reference.js';
import * as span from './span.js';
import * as spanContext from './span_context.js';
import * as tracer from './tracer.js';

// In this form each is a plain property of `exports`, as it was in 0.14.7, and keeps its type.
export import Tags = tags;
export import Span = span.Span;
export import SpanContext = spanContext.SpanContext;
export import Tracer = tracer.Tracer;
export import MockTracer = mock.MockTracer;
export import initGlobalTracer = global.initGlobalTracer;
export import globalTracer = global.globalTracer;
export import FORMAT_BINARY = constants.FORMAT_BINARY;
export import FORMAT_TEXT_MAP = constants.FORMAT_TEXT_MAP;
export import FORMAT_HTTP_HEADERS = constants.FORMAT_HTTP_HEADERS;
export import REFERENCE_CHILD_OF = constants.REFERENCE_CHILD_OF;
export import REFERENCE_FOLLOWS_FROM = constants.REFERENCE_FOLLOWS_FROM;
export import childOf = functions.childOf;
export import followsFrom = functions.followsFrom;
/** The carrier of `FORMAT_BINARY`; any object with a `buffer` will do as well. */
export const BinaryCarrier: typeof BinaryCarrierClass = BinaryCarrierClass;
/** The carrier of `FORMAT_BINARY`: `inject` sets its buffer, `extract` reads it. */
export type BinaryCarrier = BinaryCarrierClass;
/** Relates a new span to a span or a context; mostly made by `childOf` and `followsFrom`. */
export const Reference: typeof ReferenceClass = ReferenceClass;
/** How a new span is related to the context of another one. */
export type Reference = ReferenceClass;
export type { ActiveSpanOptions, Scope, SpanOptions, StartSpanOptions } from './tracer.js';

/**
 * Gives the scope methods to a tracer that extends nothing of this package, such as jaeger-client's:
 * its spans can be active, and an active span is the parent of the next one.
 *
 * @param tracer - an object with `startSpan`, `inject` and `extract`
 * @param scopeManager - keeps the active span
 * @returns a tracer whose spans wrap those of `tracer`
 * @throws TypeError when `tracer` has no `startSpan`
 */
export const withScopes = library.withScopes as (
  tracer: object,
  scopeManager: library.ScopeManager,
) => Tracer;
/** The base of scope managers; the managers are in `opentracing-ts/scope-managers/*`. */
export const ScopeManager = library.ScopeManager;
/** What keeps the active span of each task or thread. */
export type ScopeManager = library.ScopeManager;

// Whoever goes through the names of 0.14.7 finds those and no others. The default export is there in
// Node anyway; some bundlers look for a property.
for (const [name, value] of Object.entries({ withScopes, ScopeManager, default: exports })) {
  Object.defineProperty(exports, name, { value, enumerable: false });
}
