import { describeValue } from '../describe-value.js';
import { FORMAT_TEXT_MAP } from '../propagation.js';
import type { SpanContext } from '../span-context.js';
import { checkInstrumentationOptions, tellMistyped } from './check-instrumentation-options.js';
import { createGuard, type Guard } from './guard.js';
import type { InstrumentationOptions } from './options.js';
import { runWithSpan } from './run-with-span.js';
import { injectInto, type SendOptions, tracerOf } from './span-to-send.js';

/** A string, so that it comes through structured clones and JSON alike. */
const CARRIER = 'opentracing-ts/v1';

/**
 * A value on its way to another thread or process, with the context of the span that sends it. Plain data:
 * it can be cloned, and written as JSON, wherever the value can.
 *
 * @typeParam T - the type of the value
 */
export interface ContextEnvelope<T> {
  /** The context, as the tracer writes it in `FORMAT_TEXT_MAP`. */
  readonly 'opentracing-ts/v1': Readonly<Record<string, string>>;
  /** The value, as it was. */
  readonly value: T;
}

/** What a handler of messages records. */
export interface HandlerOptions extends InstrumentationOptions {
  /** The operation name: what is done, with few different values. */
  name: string;
  /** The tags of each span. By default none. */
  tags?: Record<string, unknown> | undefined;
}

const HANDLER_OPTIONS: Readonly<Record<keyof HandlerOptions, true>> = {
  tracer: true,
  onError: true,
  name: true,
  tags: true,
};

const ELSEWHERE = { operationName: 'name', attributes: 'tags' };

/**
 * Puts the context of the active span beside a value: for messages to another thread or process, and for
 * `workerData`. On the other side, {@link detachContext} and {@link tracedHandler} take it apart.
 *
 * The value is neither changed nor copied, so that a list of what is transferred stays right.
 *
 * @param value - what is sent
 * @param options - the span, by default the active one, and the tracer, by default the global one
 * @returns `value` itself where there is no span, no tracer, or a tracer that fails; then the other side
 *   needs to know nothing of this
 * @throws TypeError when the options are of the wrong kind
 * @typeParam T - the type of the value
 * @example
 * ```ts
 * import { MessageChannel } from 'node:worker_threads';
 *
 * const { port1, port2 } = new MessageChannel();
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 *
 * const sort = tracedHandler({ name: 'sort', tracer }, (words: string[]) => words.sort());
 * const sorted = new Promise((done) => {
 *   port2.on('message', (message) => done(sort(message)));
 * });
 *
 * tracer.withActiveSpan('request', () => {
 *   port1.postMessage(attachContext(['tea', 'milk'], { tracer }));
 * });
 * console.log(await sorted);
 * console.log(tracer.formatTrees());
 * port1.close();
 * ```
 * ```text
 * [ 'milk', 'tea' ]
 * request
 * └ sort
 * ```
 */
export function attachContext<T>(value: T, options: SendOptions = {}): T | ContextEnvelope<T> {
  checkInstrumentationOptions('attachContext', options);
  const inject = createGuard(options.onError)(() => {
    const carrier: Record<string, string> = {};
    injectInto(options, FORMAT_TEXT_MAP, carrier);
    return carrier;
  });
  const carrier = inject() ?? {};
  return Object.keys(carrier).length === 0 ? value : { [CARRIER]: carrier, value };
}

/**
 * Takes apart what {@link attachContext} has put together. Anything else is a value without a context.
 *
 * @param received - what has arrived
 * @param options - the tracer, by default the global one
 * @returns the value, and the context for `childOf`: `null` where there is none, no tracer, or one that
 *   cannot read it
 * @throws TypeError when the options are of the wrong kind
 * @typeParam T - the type of the value
 */
export function detachContext<T>(
  received: T | ContextEnvelope<T>,
  options: InstrumentationOptions = {},
): { readonly value: T; readonly context: SpanContext | null } {
  checkInstrumentationOptions('detachContext', options);
  return detach(received, options, createGuard(options.onError));
}

function detach<T>(
  received: T | ContextEnvelope<T>,
  options: InstrumentationOptions,
  guard: Guard,
): { readonly value: T; readonly context: SpanContext | null } {
  if (!isEnvelope(received)) {
    return { value: received, context: null };
  }
  const extract = guard(() => tracerOf(options)?.extract(FORMAT_TEXT_MAP, received[CARRIER]));
  return { value: received.value, context: extract() ?? null };
}

function isEnvelope<T>(received: T | ContextEnvelope<T>): received is ContextEnvelope<T> {
  const carrier = (received as Partial<ContextEnvelope<T>> | null | undefined)?.[CARRIER];
  return typeof carrier === 'object' && carrier !== null;
}

/**
 * A listener for messages that {@link attachContext} may have given a context. It runs `handler` with the
 * value and with a span that goes on with the trace of the sender, active for `handler` and for what that
 * awaits; an error is logged on the span and thrown on unchanged. A message without a context begins a
 * trace of its own.
 *
 * @param options - the operation name, or the options
 * @param handler - gets the value that was sent, and what else the listener is called with
 * @returns the listener
 * @throws TypeError when the name is no string, or `handler` no function
 * @typeParam T - the type of the value
 * @typeParam Rest - what else the listener is called with
 * @typeParam R - what `handler` returns
 */
export function tracedHandler<T, Rest extends unknown[], R>(
  options: string | HandlerOptions,
  handler: (value: T, ...rest: Rest) => R,
): (received: T | ContextEnvelope<T>, ...rest: Rest) => R {
  const { name, tags, ...given } = readHandlerOptions(options);
  if (typeof handler !== 'function') {
    throw new TypeError(
      `tracedHandler takes a function after its options, not ${describeValue(handler)}.`,
    );
  }
  const guard = createGuard(given.onError);
  const start = guard((childOf: SpanContext | null) =>
    tracerOf(given)?.startSpan(name, { childOf, ignoreActiveSpan: true, ...(tags && { tags }) }),
  );
  return function (this: unknown, received, ...rest) {
    const { value, context } = detach(received, given, guard);
    const handle = () => Reflect.apply(handler, this, [value, ...rest]);
    const span = start(context);
    return span === undefined
      ? handle()
      : runWithSpan(tracerOf(given) ?? span.tracer(), span, handle, guard);
  };
}

/** @throws TypeError */
function readHandlerOptions(given: string | HandlerOptions): HandlerOptions {
  if (typeof given === 'string') {
    return { name: given };
  }
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`tracedHandler takes a name or options, not ${describeValue(given)}.`);
  }
  checkInstrumentationOptions('tracedHandler', given);
  tellMistyped('tracedHandler', given, HANDLER_OPTIONS, ELSEWHERE);
  const { name, tags } = given;
  if (typeof name !== 'string') {
    throw new TypeError(`The name is ${describeValue(name)}; give a string.`);
  }
  if (tags !== undefined && (typeof tags !== 'object' || tags === null)) {
    throw new TypeError(`The tags are ${describeValue(tags)}; give an object.`);
  }
  return given;
}
