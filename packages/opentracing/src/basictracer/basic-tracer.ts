import { checkOption } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { epochOffset, monotonicNow, timeOf } from '../clock.js';
import { UnsupportedFormatError } from '../errors.js';
import { BasicSpanContext, LocalTrace } from '../propagation/basic-span-context.js';
import { checkPropagator } from '../propagation/check-propagator.js';
import { ownContext } from '../propagation/own-context.js';
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
import { parentReference, readOptions, referencesOf } from '../span-options.js';
import { Tags } from '../tags.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { BasicSpan } from './basic-span.js';
import { randomNonZeroWord, randomWord } from './ids.js';
import type { SpanRecorder } from './recorder.js';
import { errorReporterOnce } from './report-error.js';
import { ConstSampler, type Sampler } from './samplers.js';

const NO_OPTIONS = {
  recordSpan: 'recorder; pass it as { recorder }',
  isSampled: 'sampler; pass it as { sampler }',
  activate: 'scope manager; pass it as { scopeManager }',
};

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
  _overrulesCallers: boolean;
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
   * @throws TypeError for a recorder, a sampler, a scope manager or a list of formats that is none, and
   *   for one of them in the place of the options
   */
  constructor(options?: BasicTracerOptions | null) {
    const given = options ?? {};
    checkOptions('BasicTracer', given, NO_OPTIONS);
    const { onError, propagation, recorder, sampler, scopeManager, ...flags } = given;
    super(scopeManager ?? new ThreadLocalScopeManager());
    checkOption('recorder', recorder, 'recordSpan');
    checkOption('sampler', sampler, 'isSampled');
    checkOption('scopeManager', scopeManager, 'activate');
    this._recorder = recorder ?? null;
    this._sampler = sampler ?? new ConstSampler(true);
    this._overrulesCallers = this._sampler.overrulesCallers === true;
    this._traceId128 = flags.traceId128 ?? false;
    this._joinSpans = flags.joinSpans ?? false;
    this._propagators = standardPropagators(propagation ?? ['ottrace']);
    this._onError = errorReporterOnce(onError);
  }

  override startSpan(operationName: string, options?: SpanOptions | null): BasicSpan {
    return options === undefined || options === null
      ? this._startIn(this.activeSpan, operationName)
      : this._startWith(operationName, options);
  }

  /** @internal */
  override _startSpanIn(
    active: Span | null,
    operationName: string,
    options: SpanOptions | null | undefined,
  ): Span {
    // A `startSpan` of a subclass, or one that was replaced, is the one to call.
    return this.startSpan === BasicTracer.prototype.startSpan && !options
      ? this._startIn(active, operationName)
      : this.startSpan(operationName, options);
  }

  /** @internal A span without options where `active` is active. */
  _startIn(active: Span | null, operationName: string): BasicSpan {
    if (active === null) {
      return this._startRoot(operationName, null, undefined, undefined);
    }
    return active instanceof BasicSpan
      ? this._startChild(operationName, active._context, null, undefined)
      : this._start(operationName, ownContext(contextOf(active)), null, undefined, undefined);
  }

  /** @internal Apart, so that a span without options is started by code small enough to be inlined. */
  _startWith(operationName: string, options: SpanOptions): BasicSpan {
    let tags: SpanOptions['tags'];
    let startTime: SpanOptions['startTime'];
    let childOf: SpanOptions['childOf'];
    let given: SpanOptions['references'];
    let ignoreActiveSpan: SpanOptions['ignoreActiveSpan'];
    try {
      ({ tags, startTime, childOf, references: given, ignoreActiveSpan } = options);
    } catch {
      return this._startWith(operationName, readOptions(options));
    }
    let references: readonly Reference[] | null = null;
    let parent = childOf ? ownContext(contextOf(childOf)) : null;
    if (given) {
      references = referencesOf(this, { childOf, references: given, ignoreActiveSpan }, ownContext);
      parent = ownContext(parentReference(references)?.referencedContext());
    } else if (parent === null && ignoreActiveSpan !== true) {
      parent = ownContext(contextOf(this.activeSpan));
    }
    const span = this._start(operationName, parent, references, startTime, tags);
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

  /**
   * Makes `inject` and `extract` use `propagator` for `format`, in the place of one that is there.
   *
   * @throws TypeError when `propagator` lacks `inject` or `extract`
   */
  registerPropagator(format: string, propagator: Propagator): void {
    checkPropagator(propagator);
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

  /** @internal A span whose parent, if any, is one of ours. */
  _start(
    operationName: string,
    parent: BasicSpanContext | null,
    references: readonly Reference[] | null,
    startTime: number | undefined,
    tags: SpanOptions['tags'],
  ): BasicSpan {
    if (parent === null) {
      return this._startRoot(operationName, references, startTime, tags);
    }
    // Only a trace that began elsewhere has no clock yet, and no decision maybe.
    return Number.isNaN(parent._trace.epochOffset)
      ? this._startLocalRoot(operationName, parent, references, startTime, tags)
      : this._startChild(operationName, parent, references, startTime);
  }

  /** @internal */
  _startRoot(
    operationName: string,
    references: readonly Reference[] | null,
    startTime: number | undefined,
    tags: SpanOptions['tags'],
  ): BasicSpan {
    const trace = this._newTrace();
    trace.sampled = this._isSampled(operationName, trace, tags, null);
    const now = beginHere(trace);
    const context = new BasicSpanContext(trace, trace.id2, trace.id3, 0, 0, null);
    const start = timeOf(startTime) ?? now;
    return new BasicSpan(this, context, operationName, start, references, false);
  }

  /** @internal A child of a span of this process. */
  _startChild(
    operationName: string,
    parent: BasicSpanContext,
    references: readonly Reference[] | null,
    startTime: number | undefined,
  ): BasicSpan {
    const start = timeOf(startTime) ?? parent._trace.epochOffset + monotonicNow();
    return new BasicSpan(this, childContext(parent), operationName, start, references, false);
  }

  /** @internal The first span in this process below a context from elsewhere. */
  _startLocalRoot(
    operationName: string,
    parent: BasicSpanContext,
    references: readonly Reference[] | null,
    startTime: number | undefined,
    tags: SpanOptions['tags'],
  ): BasicSpan {
    const hasIds = parent._hasIds();
    const trace = hasIds ? parent._trace : this._newTrace();
    if (!hasIds) {
      // It brings a decision or baggage, but no ids.
      trace.sampled = parent._trace.sampled;
      trace.debug = parent._trace.debug;
    }
    if (trace.sampled === undefined || this._overrulesCallers) {
      trace.sampled = this._isSampled(operationName, trace, tags, parent);
      trace.debug &&= trace.sampled;
    }
    const now = beginHere(trace);
    const isShared = this._joinSpans && hasIds && isServer(tags);
    const context = isShared ? parent : childContext(parent, trace);
    const start = timeOf(startTime) ?? now;
    return new BasicSpan(this, context, operationName, start, references, isShared);
  }

  /** @internal A sampler that fails decides against the trace. */
  _isSampled(
    operationName: string,
    trace: LocalTrace,
    tags: SpanOptions['tags'],
    parent: BasicSpanContext | null,
  ): boolean {
    try {
      return this._sampler.isSampled(operationName, trace.id3 >>> 0, tags, parent) === true;
    } catch (error) {
      this._onError(error);
      return false;
    }
  }

  /** @internal A trace that begins here. */
  _newTrace(): LocalTrace {
    return this._traceId128
      ? new LocalTrace(randomWord(), randomNonZeroWord(), randomWord(), randomNonZeroWord())
      : new LocalTrace(0, 0, randomWord(), randomNonZeroWord());
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

/** Sets the clock of a trace; returns the time of day. */
function beginHere(trace: LocalTrace): number {
  const monotonic = monotonicNow();
  trace.epochOffset = epochOffset(monotonic);
  return trace.epochOffset + monotonic;
}

/** Tags that throw when they are asked say nothing. */
function isServer(tags: SpanOptions['tags']): boolean {
  try {
    return tags?.[Tags.SPAN_KIND] === Tags.SPAN_KIND_RPC_SERVER;
  } catch {
    return false;
  }
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
