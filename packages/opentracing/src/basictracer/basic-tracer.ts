import { epochOffset, monotonicNow, timeOf } from '../clock.js';
import { describeValue } from '../describe-value.js';
import { UnsupportedFormatError } from '../errors.js';
import { BasicSpanContext, LocalTrace } from '../propagation/basic-span-context.js';
import { contextOfIds } from '../propagation/context-of-ids.js';
import type { Propagator } from '../propagation/propagator.js';
import {
  type PropagationFormat,
  standardPropagators,
} from '../propagation/standard-propagators.js';
import { contextOf, type Reference } from '../reference.js';
import type { ScopeManager } from '../scope-manager.js';
import { ThreadLocalScopeManager } from '../scope-managers/thread-local.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { parentReference, referencesOf } from '../span-options.js';
import { Tags } from '../tags.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { BasicSpan } from './basic-span.js';
import { randomNonZeroWord, randomWord } from './ids.js';
import type { SpanRecorder } from './recorder.js';
import { errorReporterOnce } from './report-error.js';
import { ConstSampler, type Sampler } from './samplers.js';

/** How a {@link BasicTracer} works; every option has a default. */
export interface BasicTracerOptions {
  /** Gets the finished spans of sampled traces; by default they go nowhere. */
  recorder?: SpanRecorder | undefined;
  /** Decides which traces are recorded; by default all. */
  sampler?: Sampler | undefined;
  /** Keeps the active span; by default a `ThreadLocalScopeManager`. */
  scopeManager?: ScopeManager | undefined;
  /** Whether new trace ids have 128 bits rather than 64; by default `false`. */
  traceId128?: boolean | undefined;
  /**
   * The text formats, by their standard names: all are injected, extraction tries them in order. By
   * default `['ottrace']`.
   */
  propagation?: readonly PropagationFormat[] | undefined;
  /**
   * Whether a server's span takes the id of the client's span, as Zipkin allows, rather than being a
   * child of it; by default `false`.
   */
  joinSpans?: boolean | undefined;
  /**
   * Told of what fails inside tracing, once for each kind of error; it never reaches the program. By
   * default it is written to the standard error stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

/**
 * The reference tracer: records the spans of sampled traces and hands each to a
 * {@link SpanRecorder} when it finishes.
 *
 * Source: the description of the platform API, "Status" (a reference implementation behind an
 * abstract Recorder).
 *
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * const tracer = new BasicTracer({ recorder, propagation: ['b3multi', 'baggage'] });
 * tracer.withActiveSpan('lunch', () => tracer.startSpan('soup').finish());
 * for (const { operationName, parentId } of recorder.spans) {
 *   console.log(operationName, parentId === null);
 * }
 * ```
 * ```text
 * soup false
 * lunch true
 * ```
 */
export class BasicTracer extends Tracer {
  /** @internal */
  _recorder: SpanRecorder | null;
  /** @internal */
  _sampler: Sampler;
  /** @internal */
  _traceId128: boolean;
  /** @internal */
  _joinSpans: boolean;
  /** @internal */
  _propagators: Map<string, Propagator>;
  /** @internal */
  _onError: (error: unknown) => void;
  /** @internal */
  _closed: Promise<void> | null = null;

  /**
   * @throws RangeError for a propagation format that is not known
   * @throws TypeError for a recorder, a sampler or a list of formats that is none
   */
  constructor(options: BasicTracerOptions = {}) {
    super(options.scopeManager ?? new ThreadLocalScopeManager());
    checkMethod('recorder', options.recorder, 'recordSpan');
    checkMethod('sampler', options.sampler, 'isSampled');
    checkMethod('scopeManager', options.scopeManager, 'activate');
    this._recorder = options.recorder ?? null;
    this._sampler = options.sampler ?? new ConstSampler(true);
    this._traceId128 = options.traceId128 ?? false;
    this._joinSpans = options.joinSpans ?? false;
    this._propagators = standardPropagators(options.propagation ?? ['ottrace']) as Map<
      string,
      Propagator
    >;
    this._onError = errorReporterOnce(options.onError);
  }

  override startSpan(operationName: string, options?: SpanOptions | null): BasicSpan {
    return options === undefined || options === null
      ? this._start(operationName, this._activeContext(), null, undefined, false)
      : this._startWith(operationName, options);
  }

  /** @internal Apart, so that a span without options is started by code small enough to be inlined. */
  _startWith(operationName: string, options: SpanOptions): BasicSpan {
    const { tags, startTime } = options;
    let references: readonly Reference[] | null = null;
    let parent: SpanContext | null | undefined = options.childOf && contextOf(options.childOf);
    if (options.references) {
      references = referencesOf(this, options);
      parent = parentReference(references)?.referencedContext();
    } else if (!parent && options.ignoreActiveSpan !== true) {
      parent = this._activeContext();
    }
    const isServer = tags?.[Tags.SPAN_KIND] === Tags.SPAN_KIND_RPC_SERVER;
    const span = this._start(operationName, parent ?? null, references, startTime, isServer);
    return tags ? span.addTags(tags) : span;
  }

  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    const propagator = this._propagator(format);
    const own = ownContext(contextOf(context));
    if (own !== null) {
      propagator.inject(own, carrier);
    }
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    return this._propagator(format).extract(carrier);
  }

  /** Makes `inject` and `extract` use `propagator` for `format`, in the place of one that is there. */
  registerPropagator(format: string, propagator: Propagator): void {
    this._propagators.set(format, propagator);
  }

  override async flush(): Promise<void> {
    try {
      await this._recorder?.flush?.();
    } catch (error) {
      this._onError(error);
    }
  }

  override close(): Promise<void> {
    this._closed ??= this._close();
    return this._closed;
  }

  /** @internal */
  async _close(): Promise<void> {
    await this.flush();
    try {
      await this._recorder?.close?.();
    } catch (error) {
      this._onError(error);
    }
  }

  /** @internal */
  _activeContext(): SpanContext | null {
    return this.activeSpan?.context() ?? null;
  }

  /** @internal */
  _start(
    operationName: string,
    parent: SpanContext | null,
    references: readonly Reference[] | null,
    startTime: number | undefined,
    isServer: boolean,
  ): BasicSpan {
    const context = ownContext(parent);
    // Only a trace that began elsewhere has no clock yet, and no decision maybe.
    return context === null || Number.isNaN(context._trace.epochOffset)
      ? this._startLocalRoot(operationName, context, references, startTime, isServer)
      : new BasicSpan(
          this,
          childContext(context),
          operationName,
          timeOf(startTime) ?? context._trace.epochOffset + monotonicNow(),
          references,
          false,
        );
  }

  /** @internal The first span of a trace in this process. */
  _startLocalRoot(
    operationName: string,
    parent: BasicSpanContext | null,
    references: readonly Reference[] | null,
    startTime: number | undefined,
    isServer: boolean,
  ): BasicSpan {
    const hasIds = parent?._hasIds() === true;
    const trace = hasIds ? parent._trace : this._newTrace(parent);
    const monotonic = monotonicNow();
    trace.epochOffset = epochOffset(monotonic);
    trace.sampled ??= this._sampler.isSampled(operationName, trace.id3 >>> 0);
    const isShared = this._joinSpans && isServer && hasIds;
    const context =
      parent === null
        ? new BasicSpanContext(trace, trace.id2, trace.id3, 0, 0, null)
        : isShared
          ? parent
          : childContext(parent, trace);
    return new BasicSpan(
      this,
      context,
      operationName,
      timeOf(startTime) ?? trace.epochOffset + monotonic,
      references,
      isShared,
    );
  }

  /** @internal A trace that begins here; the context may bring a decision or baggage, but no ids. */
  _newTrace(context: BasicSpanContext | null): LocalTrace {
    const id0 = this._traceId128 ? randomWord() : 0;
    const id1 = this._traceId128 ? randomNonZeroWord() : 0;
    const from = context?._trace;
    return new LocalTrace(
      id0,
      id1,
      randomWord(),
      randomNonZeroWord(),
      from?.sampled,
      from?.debug ?? false,
    );
  }

  /** @internal */
  _propagator(format: string): Propagator {
    const propagator = this._propagators.get(format);
    if (propagator === undefined) {
      throw new UnsupportedFormatError(format);
    }
    return propagator;
  }

  /** @internal */
  _record(span: BasicSpan): void {
    try {
      this._recorder?.recordSpan(span);
    } catch (error) {
      this._onError(error);
    }
  }
}

/**
 * The context as one of ours: one of another library is known by its ids and baggage. `null` for what
 * is no context at all, which is then ignored.
 */
function ownContext(context: SpanContext | null | undefined): BasicSpanContext | null {
  if (context === null || context === undefined) {
    return null;
  }
  // Told by its shape: the class may come from another copy of this package.
  return (context as Partial<BasicSpanContext>)._trace === undefined
    ? convertedContext(context)
    : (context as BasicSpanContext);
}

function convertedContext(context: SpanContext): BasicSpanContext | null {
  const { toTraceId, toSpanId, baggage } = context as Partial<SpanContext>;
  if (typeof toTraceId !== 'function' || typeof toSpanId !== 'function') {
    return null;
  }
  const traceId = pad(toTraceId.call(context), 32);
  const spanId = pad(toSpanId.call(context), 16);
  // That of another version of this package has a decision too.
  const { sampled: given } = context as Partial<BasicSpanContext>;
  const sampled = typeof given === 'boolean' ? given : undefined;
  const own =
    contextOfIds(traceId, spanId, undefined, sampled, false) ??
    new BasicSpanContext(new LocalTrace(0, 0, 0, 0, sampled, false), 0, 0, 0, 0, null);
  return own._withBaggage(baggage ?? null);
}

/** The context of a new span below `parent`. */
function childContext(parent: BasicSpanContext, trace = parent._trace): BasicSpanContext {
  return new BasicSpanContext(
    trace,
    randomWord(),
    randomNonZeroWord(),
    parent._span0,
    parent._span1,
    parent._baggage,
  );
}

/** Tells a wrong option at once, rather than at the first span. */
function checkMethod(option: string, value: unknown, method: string): void {
  if (
    value !== undefined &&
    value !== null &&
    typeof (value as Record<string, unknown>)[method] !== 'function'
  ) {
    throw new TypeError(
      `The ${option} is ${describeValue(value)}, ` +
        `which has no method ${method}; leave it out for the default.`,
    );
  }
}

function pad(id: unknown, length: number): string {
  return String(id).toLowerCase().padStart(length, '0');
}
