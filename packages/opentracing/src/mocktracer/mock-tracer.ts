import { checkOption } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { epochOffset, monotonicNow } from '../clock.js';
import { UnsupportedFormatError } from '../errors.js';
import { checkPropagator } from '../propagation/check-propagator.js';
import type { Propagator } from '../propagation/propagator.js';
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from '../propagation.js';
import { contextOf } from '../reference.js';
import type { ScopeManager } from '../scope-manager.js';
import { ThreadLocalScopeManager } from '../scope-managers/thread-local.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { parentReference, readOptions, referencesOf } from '../span-options.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { AssertionError } from './assertion-error.js';
import { BinaryPropagator } from './binary-propagator.js';
import { mockContextOf } from './mock-context-of.js';
import { MockSpan } from './mock-span.js';
import { MockSpanContext } from './mock-span-context.js';
import { isScopeManager, type MockTracerOptions, tellMistyped } from './mock-tracer-options.js';
import { areSameTrees, checkTrees, type SpanTree, textOf, treesOf } from './span-tree.js';
import { TextPropagator } from './text-propagator.js';

// One counter for all mock tracers of the program: two of them, a client and a server, never give
// the same id to different spans.
let lastId = 0;

/**
 * A tracer that keeps its spans in memory, for the tests of instrumented programs. It does everything
 * that the contract of `Tracer` says, injecting and extracting in all three formats included.
 *
 * Its ids are counted up and written in hex: a root takes one for its trace, then every span takes
 * one. The counter is that of the program unless {@link MockTracerOptions.firstId} gives the tracer
 * one of its own.
 *
 * It keeps every span until {@link MockTracer.reset}, those that never finish included.
 *
 * Source: opentracing-python, `opentracing.mocktracer`.
 *
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * tracer.withActiveSpan('lunch', () => {
 *   tracer.startSpan('soup', { tags: { hot: true } }).finish();
 * });
 * tracer.assertTrees([{ name: 'lunch', children: [{ name: 'soup', tags: { hot: true } }] }]);
 * ```
 */
export class MockTracer extends Tracer {
  /** @internal Those started since the last reset, and those that finished since. */
  _spans: Set<MockSpan> = new Set();
  /** @internal */
  _finishedSpans: MockSpan[] = [];
  /** @internal */
  _propagators: Map<string, Propagator> = new Map();
  /** @internal */
  _now: (() => number) | undefined;
  /** @internal */
  _firstId: number | undefined;
  /** @internal Of the counter that begins at `_firstId`. */
  _nextOwnId: number;

  /** @param scopeManager - keeps the active span; by default that of the running thread */
  constructor(scopeManager?: ScopeManager);
  /**
   * @param options - what it should not take the default for
   * @throws RangeError when `firstId` is no whole number of 1 or more
   * @throws TypeError for a scope manager that is none, such as a class
   * @example
   * ```ts
   * let now = 1_000;
   * const tracer = new MockTracer({ now: () => now, firstId: 1 });
   * const span = tracer.startSpan('work');
   * now += 5;
   * span.finish(); // span.duration is 5
   * ```
   */
  constructor(options: MockTracerOptions);
  constructor(given?: ScopeManager | MockTracerOptions | null) {
    const options: MockTracerOptions = isScopeManager(given)
      ? { scopeManager: given }
      : (given ?? {});
    checkOptions('MockTracer', options, { recordSpan: 'recorder; it keeps its spans itself' });
    checkOption('scopeManager', options.scopeManager, 'activate');
    tellMistyped(options);
    super(options.scopeManager ?? new ThreadLocalScopeManager());
    const { firstId, now } = options;
    if (firstId !== undefined && !(Number.isSafeInteger(firstId) && firstId >= 1)) {
      throw new RangeError(`The firstId is ${firstId}; give a whole number of 1 or more.`);
    }
    this._now = now;
    this._firstId = firstId;
    this._nextOwnId = firstId ?? 0;
    this.registerPropagator(FORMAT_TEXT_MAP, new TextPropagator(FORMAT_TEXT_MAP));
    this.registerPropagator(FORMAT_HTTP_HEADERS, new TextPropagator(FORMAT_HTTP_HEADERS));
    this.registerPropagator(FORMAT_BINARY, new BinaryPropagator());
  }

  /** The spans that have finished since the start or {@link MockTracer.reset}, first finished first. */
  finishedSpans(): MockSpan[] {
    return [...this._finishedSpans];
  }

  /**
   * The spans that were started since the start or {@link MockTracer.reset} and have not finished,
   * first started first.
   */
  unfinishedSpans(): MockSpan[] {
    return [...this._spans].filter((span) => !span.finished);
  }

  /**
   * The one span of that name, finished or not.
   *
   * @throws Error, an `AssertionError` by its name, where there is none or more than one; its message
   *   shows the recorded spans
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * tracer.startSpan('GET /users').setTag('http.status_code', 200).finish();
   * console.log(tracer.getSpan('GET /users').tags);
   * ```
   * ```text
   * { 'http.status_code': 200 }
   * ```
   */
  getSpan(operationName: string): MockSpan {
    const named = [...this._spans].filter((span) => span.operationName === operationName);
    if (named.length !== 1) {
      throw this._assertionError(
        `${named.length === 0 ? 'No span is' : `${named.length} spans are`} called '${operationName}'`,
        named.map((span) => span.operationName),
        [operationName],
      );
    }
    return named[0] as MockSpan;
  }

  /**
   * The spans that have a tag, finished or not, first started first.
   *
   * @param key - of the tag
   * @param value - compared by `Object.is`; without it, any value will do
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * tracer.startSpan('GET /users').logError(new Error('no such table')).finish();
   * console.log(tracer.findByTag('error', true).length);
   * ```
   * ```text
   * 1
   * ```
   */
  findByTag(key: string, value?: unknown): MockSpan[] {
    return [...this._spans].filter(
      ({ tags }) =>
        Object.hasOwn(tags, key) && (value === undefined || Object.is(tags[key], value)),
    );
  }

  /**
   * All spans under their parents, finished or not, as plain objects. At the top are the roots, and
   * the spans whose parent this tracer has not recorded, such as one in another process.
   *
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * tracer.withActiveSpan('lunch', () => tracer.startSpan('soup').finish());
   * console.log(tracer.trees());
   * ```
   * ```text
   * [ { name: 'lunch', children: [ [Object] ] } ]
   * ```
   */
  trees(): SpanTree[] {
    return treesOf(this._spans);
  }

  /**
   * The {@link MockTracer.trees} as text, a line a span: for snapshots and for messages.
   *
   * @returns `''` for no spans
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * tracer.withActiveSpan('lunch', () => {
   *   tracer.startSpan('soup').finish();
   *   tracer.startSpan('salad');
   * });
   * console.log(tracer.formatTrees());
   * ```
   * ```text
   * lunch
   * ├ soup
   * └ salad (unfinished)
   * ```
   */
  formatTrees(): string {
    return textOf(this.trees());
  }

  /**
   * Fails unless the recorded spans are these trees, whole and in this order: names, which spans have
   * finished, and of the tags those that the expected trees have.
   *
   * @param expected - tags are compared by `Object.is`
   * @throws Error, an `AssertionError` by its name, with `expected` and `actual`; its message shows
   *   both
   * @throws TypeError for what is no list of trees, such as one with a key that no tree has
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * tracer.withActiveSpan('GET /users', (span) => {
   *   span.setTag('http.status_code', 200);
   *   tracer.startSpan('query').finish();
   * });
   * tracer.assertTrees([
   *   { name: 'GET /users', tags: { 'http.status_code': 200 }, children: [{ name: 'query' }] },
   * ]);
   * ```
   */
  assertTrees(expected: readonly SpanTree[]): void {
    checkTrees(expected);
    const actual = treesOf(this._spans, expected);
    if (!areSameTrees(actual, expected)) {
      const [wanted, found] = [textOf(expected) || '(none)', textOf(actual) || '(none)'];
      const hint =
        wanted === found ? '\nOnly the very same object is equal to one in a tag.\n' : '';
      throw new AssertionError(
        `The recorded spans should be\n\n${wanted}\n\nbut are\n\n${found}\n${hint}`,
        actual,
        expected,
      );
    }
  }

  /**
   * Fails where a span has not finished: for the end of every test.
   *
   * @throws Error, an `AssertionError` by its name; its message shows the recorded spans
   * @example
   * ```ts
   * import { afterEach } from 'node:test';
   *
   * const tracer = new MockTracer();
   * afterEach(() => tracer.assertAllFinished());
   * ```
   */
  assertAllFinished(): void {
    const names = this.unfinishedSpans().map((span) => span.operationName);
    if (names.length > 0) {
      throw this._assertionError(
        `${names.map((name) => `'${name}'`).join(', ')} should have finished`,
        names,
        [],
      );
    }
  }

  /**
   * Forgets all spans and, where it has a `firstId`, counts from there again. Spans that are still
   * open are recorded when they finish. The propagators, the clock and what is active stay.
   */
  reset(): void {
    this._spans = new Set();
    this._finishedSpans = [];
    this._nextOwnId = this._firstId ?? 0;
  }

  /**
   * Sets what injects and extracts in one format, in place of what did so before.
   *
   * @param format - one of the three formats, or any other name
   * @param propagator - gets any context to inject, those of other tracers included
   * @throws TypeError when `propagator` lacks `inject` or `extract`
   */
  registerPropagator(format: string, propagator: Propagator): void {
    checkPropagator(propagator);
    this._propagators.set(format, propagator);
  }

  override startSpan(operationName: string, options?: SpanOptions | null): MockSpan {
    const { tags, startTime, ...relations } = readOptions(options);
    const references = referencesOf(this, relations, mockContextOf);
    const parent = mockContextOf(parentReference(references)?.referencedContext());
    // A context of nothing, such as the no-op tracer gives, has baggage at the most.
    const parentId = parent?.toSpanId() || null;
    const context = new MockSpanContext(
      parent?.toTraceId() || this._nextId(),
      this._nextId(),
      parent?.baggage ?? null,
    );
    context._epochOffset = parent?._epochOffset ?? epochOffset(monotonicNow());
    const span = new MockSpan(
      this,
      context,
      operationName,
      parentId,
      references,
      startTime,
      context._epochOffset,
    );
    this._spans.add(span);
    return tags ? span.addTags(tags) : span;
  }

  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    const propagator = this._propagator(format);
    const given = contextOf(context);
    // What is no context is ignored, as by BasicTracer.
    if (mockContextOf(given) !== null) {
      propagator.inject(given, carrier);
    }
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    return this._propagator(format).extract(carrier);
  }

  /** @internal */
  _recordFinished(span: MockSpan): void {
    this._spans.add(span);
    this._finishedSpans.push(span);
  }

  /** @internal */
  _nextId(): string {
    return (this._firstId === undefined ? ++lastId : this._nextOwnId++).toString(16);
  }

  /** @internal */
  _assertionError(what: string, actual: unknown, expected: unknown): AssertionError {
    const message = `${what}; the recorded spans are\n\n${this.formatTrees() || '(none)'}\n`;
    return new AssertionError(message, actual, expected);
  }

  /** @internal */
  _propagator(format: string): Propagator {
    const propagator = this._propagators.get(format);
    if (propagator === undefined) {
      throw new UnsupportedFormatError(format);
    }
    return propagator;
  }
}
