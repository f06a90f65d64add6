import { checkFlag, checkOption } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { epochOffset, monotonicNow, timeOf } from '../clock.js';
import { UnsupportedFormatError } from '../errors.js';
import { BasicSpanContext, LocalTrace } from '../propagation/basic-span-context.js';
import { checkPropagator } from '../propagation/check-propagator.js';
import { ownContext } from '../propagation/own-context.js';
import type { Propagator } from '../propagation/propagator.js';
import { standardPropagators } from '../propagation/standard-propagators.js';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import { contextOf, type Reference } from '../reference.js';
import { ThreadLocalScopeManager } from '../scope-managers/thread-local.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { parentReference, readOptions, referencesOf } from '../span-options.js';
import { Tags } from '../tags.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { BasicSpan, NOT_TIMED } from './basic-span.js';
import { BASIC_TRACER_OPTIONS, type BasicTracerOptions } from './basic-tracer-options.js';
import { randomWord } from './ids.js';
import type { SpanRecorder } from './recorder.js';
import { errorReporterOnce, type ReportOnce, tellMistyped } from './report-error.js';
import { ConstSampler, checkSampler, noDecision, type Sampler } from './samplers.js';
import { SPAN_LIMITS, type SpanCuts } from './span-limits.js';
import { SpanPolicy } from './span-policy.js';

/** In the place of the parent of a span that has none. */
const ROOT = new BasicSpanContext(new LocalTrace(0, 0, 0, 0), 0, 0, 0, 0, null);

/** Jaeger's name for the tag by which a trace that was asked for is found. */
const DEBUG_ID = 'jaeger-debug-id';

const NO_OPTIONS = {
  recordSpan: 'recorder; pass it as { recorder }',
  isSampled: 'sampler; pass it as { sampler }',
  activate: 'scope manager; pass it as { scopeManager }',
};

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
  _policy: SpanPolicy;
  /** @internal Whether {@link SpanPolicy.started} and `finished` have nothing to do. */
  _isPlain: boolean;
  /** @internal */
  _propagators: Map<string, Propagator>;
  /** @internal The one of them that most calls ask for. */
  _httpPropagator: Propagator | undefined;
  /** @internal */
  _onError: ReportOnce;
  /** @internal */
  _closed: Promise<void> | null = null;

  /**
   * @throws RangeError for a propagation format that is not known, and a `firstId` below 1
   * @throws TypeError for a recorder, a sampler, a scope manager, a clock, an id generator or a list of
   *   formats that is none, for one of them in the place of the options, and for a value of another type
   */
  constructor(options?: BasicTracerOptions | null) {
    const given = options ?? {};
    checkOptions('BasicTracer', given, NO_OPTIONS);
    const { onError, propagation, recorder, sampler, scopeManager, ...flags } = given;
    super(scopeManager ?? new ThreadLocalScopeManager());
    checkOption('recorder', recorder, 'recordSpan');
    checkSampler('sampler', sampler);
    checkOption('scopeManager', scopeManager, 'activate');
    checkFlag('traceId128', flags.traceId128);
    checkFlag('joinSpans', flags.joinSpans);
    this._recorder = recorder ?? null;
    this._sampler = sampler ?? new ConstSampler(true);
    this._overrulesCallers = this._sampler.overrulesCallers === true;
    this._traceId128 = flags.traceId128 ?? false;
    this._joinSpans = flags.joinSpans ?? false;
    this._propagators = standardPropagators(propagation ?? ['ottrace']);
    this._httpPropagator = this._propagators.get(FORMAT_HTTP_HEADERS);
    this._onError = errorReporterOnce(onError);
    tellMistyped(onError, 'BasicTracer', given, BASIC_TRACER_OPTIONS);
    tellMistyped(onError, 'limits', given.limits, SPAN_LIMITS);
    this._policy = new SpanPolicy(flags, this._onError);
    this._isPlain = this._policy.isIdle;
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
      return this._startRoot(operationName, undefined, undefined);
    }
    return active instanceof BasicSpan
      ? this._startChild(operationName, active, undefined)
      : this._start(operationName, ownContext(contextOf(active)), undefined, undefined);
  }

  /** @internal Apart, so that a span without options is started by code small enough to be inlined. */
  _startWith(operationName: string, options: SpanOptions): BasicSpan {
    try {
      const { childOf, references, startTime, tags } = options;
      if (childOf instanceof BasicSpan && !references) {
        const span = this._startChild(operationName, childOf, startTime);
        return tags ? span.addTags(tags) : span;
      }
    } catch {
      // Options or a parent that throw when they are asked.
    }
    return this._startBelow(operationName, options);
  }

  /** @internal A span below whatever the options say. */
  _startBelow(operationName: string, options: SpanOptions): BasicSpan {
    const read = plainOptions(options);
    const { tags, startTime, childOf, ignoreActiveSpan } = read;
    let references: readonly Reference[] | null = null;
    let parent = childOf ? ownContext(contextOf(childOf)) : null;
    if (read.references) {
      references = referencesOf(this, read, ownContext);
      parent = ownContext(parentReference(references)?.referencedContext());
    } else if (parent === null && ignoreActiveSpan !== true) {
      parent = ownContext(contextOf(this.activeSpan));
    }
    const span = this._start(operationName, parent, startTime, tags);
    if (references !== null) {
      span._withExtras().references = references;
    }
    return tags ? span.addTags(tags) : span;
  }

  /**
   * As every tracer's. A span that is tagged as a producer of messages leaves out its parent id, which
   * B3 sends with remote procedure calls only; to have that done, pass the span rather than its context.
   */
  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    const propagator = this._propagator(format);
    const own = ownContext(contextOf(context));
    if (own !== null) {
      const isMessage = context instanceof BasicSpan && context._isProducer();
      propagator.inject(isMessage ? own._withoutParent() : own, carrier);
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
    this._httpPropagator = this._propagators.get(FORMAT_HTTP_HEADERS);
  }

  /** Where finished spans go; `null` for a tracer without a recorder. */
  get recorder(): SpanRecorder | null {
    return this._recorder;
  }

  /** What the limits have cut from all spans of this tracer so far. */
  get cuts(): SpanCuts {
    return { ...this._policy.cuts };
  }

  override async flush(): Promise<void> {
    try {
      await this._recorder?.flush?.();
    } catch (error) {
      this._onError(error, 'recorder');
    }
  }

  override close(): Promise<void> {
    this._closed ??= this._close();
    return this._closed;
  }

  /** @internal */
  async _close(): Promise<void> {
    this._policy.openSpans?.close();
    const recorder = this._recorder;
    try {
      await (recorder?.close ? recorder.close() : recorder?.flush?.());
    } catch (error) {
      this._onError(error, 'recorder');
    }
  }

  /** @internal A span whose parent, if any, is one of ours. */
  _start(
    operationName: string,
    parent: BasicSpanContext | null,
    startTime: number | undefined,
    tags: SpanOptions['tags'],
  ): BasicSpan {
    if (parent === null) {
      return this._startRoot(operationName, startTime, tags);
    }
    // Only a trace that began elsewhere has no clock yet, and no decision maybe.
    return Number.isNaN(parent._trace.epochOffset)
      ? this._startLocalRoot(operationName, parent, startTime, tags)
      : this._startChild(operationName, parent, startTime);
  }

  /** @internal */
  _startRoot(
    operationName: string,
    startTime: number | undefined,
    tags: SpanOptions['tags'],
  ): BasicSpan {
    const trace = this._newTrace();
    trace.sampled = this._isSampled(operationName, trace, tags, null);
    const now = beginHere(trace);
    const start = timeOf(startTime) ?? now;
    const span = new BasicSpan(this, trace, trace.id2, trace.id3, ROOT, operationName, start);
    return this._isPlain ? span : this._policy.started(span, startTime);
  }

  /** @internal A child of a span of this process, or of its context. */
  _startChild(
    operationName: string,
    parent: BasicSpan | BasicSpanContext,
    startTime: number | undefined,
  ): BasicSpan {
    const { _trace: trace } = parent;
    // Reading the clock is most of the work for a span that nobody will see.
    const now = trace.sampled ? trace.epochOffset + monotonicNow() : NOT_TIMED;
    const start = startTime === undefined ? now : (timeOf(startTime) ?? now);
    const span0 = randomWord();
    const span1 = randomWord();
    const span = new BasicSpan(this, trace, span0, span1, parent, operationName, start);
    return this._isPlain ? span : this._policy.started(span, startTime);
  }

  /** @internal The first span in this process below a context from elsewhere. */
  _startLocalRoot(
    operationName: string,
    parent: BasicSpanContext,
    startTime: number | undefined,
    tags: SpanOptions['tags'],
  ): BasicSpan {
    const hasIds = parent._hasIds();
    const trace = hasIds ? parent._trace : this._newTrace();
    if (hasIds) {
      trace.remote0 = parent._span0;
      trace.remote1 = parent._span1;
    } else {
      // It brings a decision or baggage, but no ids.
      trace.sampled = parent._trace.sampled;
      trace.debug = parent._trace.debug;
      trace.arrived = parent._trace.arrived;
    }
    if (trace.sampled === undefined || this._overrulesCallers) {
      trace.sampled = this._isSampled(operationName, trace, tags, parent);
      trace.debug &&= trace.sampled;
    }
    const now = beginHere(trace);
    const start = timeOf(startTime) ?? now;
    if (!(this._joinSpans && hasIds && isServer(tags))) {
      const [span0, span1] = [randomWord(), randomWord()];
      const span = new BasicSpan(this, trace, span0, span1, parent, operationName, start);
      if (trace.arrived?.debugId !== undefined) {
        span.setTag(DEBUG_ID, trace.arrived.debugId);
      }
      return this._isPlain ? span : this._policy.started(span, startTime);
    }
    const { _span0, _span1 } = parent;
    const span = new BasicSpan(this, trace, _span0, _span1, ROOT, operationName, start);
    span._join(parent);
    return this._isPlain ? span : this._policy.started(span, startTime);
  }

  /** @internal A sampler that fails decides against the trace. */
  _isSampled(
    operationName: string,
    trace: LocalTrace,
    tags: SpanOptions['tags'],
    parent: BasicSpanContext | null,
  ): boolean {
    try {
      const answer = this._sampler.isSampled(operationName, trace.id3 >>> 0, tags, parent);
      if (typeof answer !== 'boolean') {
        this._onError(noDecision(answer, this._onError), 'sampler');
      }
      return answer === true;
    } catch (error) {
      this._onError(error, 'sampler');
      return false;
    }
  }

  /** @internal A trace that begins here. */
  _newTrace(): LocalTrace {
    const trace = this._traceId128
      ? new LocalTrace(randomWord(), randomWord(), randomWord(), randomWord())
      : new LocalTrace(0, 0, randomWord(), randomWord());
    this._policy.ids?.nameTrace(trace);
    return trace;
  }

  /** @internal */
  _propagator(format: string): Propagator {
    const propagator =
      format === FORMAT_HTTP_HEADERS ? this._httpPropagator : this._propagators.get(format);
    if (propagator === undefined) {
      throw new UnsupportedFormatError(format);
    }
    return propagator;
  }

  /** @internal */
  _record(span: BasicSpan): void {
    if (!this._isPlain) {
      this._policy.finished(span);
    }
    try {
      this._recorder?.recordSpan(span);
    } catch (error) {
      this._onError(error, 'recorder');
    }
  }
}

function plainOptions(options: SpanOptions): SpanOptions {
  try {
    const { tags, startTime, childOf, references, ignoreActiveSpan } = options;
    return { tags, startTime, childOf, references, ignoreActiveSpan };
  } catch {
    return readOptions(options);
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
