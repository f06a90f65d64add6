import { UnsupportedFormatError } from './errors.js';
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from './propagation.js';
import type { Reference } from './reference.js';
import type { Scope } from './scope.js';
import { NOOP_SCOPE_MANAGER, type ScopeManager } from './scope-manager.js';
import { Span } from './span.js';
import type { SpanContext } from './span-context.js';

/** How to start a span. Never changed by a tracer; frozen objects and `null` are fine. */
export interface SpanOptions {
  /**
   * The parent. `null` is like leaving it out: what `extract` returns for a request without a trace.
   */
  childOf?: Span | SpanContext | null | undefined;
  /**
   * All relations to other spans; entries that are `null` or whose context is `null` are ignored. The
   * first of the kind `child_of` is the parent, or else the first of any kind.
   */
  references?: readonly (Reference | null)[] | null | undefined;
  /** The tags to begin with. */
  tags?: Record<string, unknown> | undefined;
  /**
   * Milliseconds since the Unix epoch, fractions allowed; by default now, which also stands for what is
   * no time: anything but a finite number of 0 or more.
   */
  startTime?: number | undefined;
  /** Start a new trace even though a span is active. By default `false`. */
  ignoreActiveSpan?: boolean | undefined;
}

/** How to start a span and make it the active one. */
export interface ActiveSpanOptions extends SpanOptions {
  /** Whether closing the scope finishes the span. By default `true`. */
  finishOnClose?: boolean | undefined;
}

/**
 * Starts spans and carries their contexts across process boundaries.
 *
 * The class itself is the no-op tracer: its spans record nothing and allocate nothing. A tracer
 * extends it and overrides `startSpan`, `inject` and `extract`; `startActiveSpan` and
 * `withActiveSpan` build on those and on the scope manager.
 *
 * Source: OpenTracing specification, "Tracer"; the description of the platform API for the scopes.
 */
export class Tracer {
  /** @internal */
  _scopeManager: ScopeManager;
  /** @internal */
  _noopSpan: Span;

  /** @param scopeManager - keeps the active span; by default none is ever active */
  constructor(scopeManager: ScopeManager = NOOP_SCOPE_MANAGER) {
    this._scopeManager = scopeManager;
    this._noopSpan = new Span(this);
  }

  /** The manager that keeps the active span. */
  get scopeManager(): ScopeManager {
    return this._scopeManager;
  }

  /** The span that is active here and now; `null` where none is. */
  get activeSpan(): Span | null {
    const manager = this.scopeManager;
    // A manager of another version of this package may lack the shorter way.
    return manager._activeSpan === undefined
      ? (manager.active?.span ?? null)
      : manager._activeSpan();
  }

  /**
   * Starts a span without making it the active one.
   *
   * With neither `childOf` nor `references`, the active span is the parent unless
   * `ignoreActiveSpan` is set; where there is none, the span is the root of a new trace.
   *
   * @param _operationName - what is done, with few different values
   * @param _options - the parent and the rest; `null` and frozen objects are fine
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * const lunch = tracer.startSpan('lunch');
   * tracer.startSpan('soup', { childOf: lunch, tags: { hot: true } }).finish();
   * lunch.finish();
   * console.log(tracer.formatTrees());
   * ```
   * ```text
   * lunch
   * └ soup
   * ```
   */
  startSpan(_operationName: string, _options?: SpanOptions | null): Span {
    return this._noopSpan;
  }

  /**
   * Starts a span and makes it the active one until the scope is closed, which finishes the span
   * unless `finishOnClose` is `false`.
   *
   * This is the block form, for synchronous code: `using scope = tracer.startActiveSpan('work')`, or
   * `try`/`finally` with `scope.close()`. In an async function it is entered in the context of the
   * caller; there, use {@link Tracer.withActiveSpan}.
   *
   * @param operationName - what is done, with few different values
   * @param options - like those of {@link Tracer.startSpan}, and `finishOnClose`
   * @example
   * ```ts
   * const tracer = new MockTracer();
   *
   * function lunch() {
   *   using scope = tracer.startActiveSpan('lunch');
   *   scope.span.setTag('hot', true);
   *   tracer.startSpan('soup').finish();
   * }
   *
   * lunch();
   * console.log(tracer.formatTrees(), tracer.activeSpan);
   * ```
   * ```text
   * lunch
   * └ soup null
   * ```
   */
  startActiveSpan(operationName: string, options?: ActiveSpanOptions | null): Scope {
    let finishOnClose: boolean | undefined;
    try {
      finishOnClose = options?.finishOnClose;
    } catch {
      // As if it had not been given.
    }
    return this.scopeManager.activate(
      this.startSpan(operationName, options),
      finishOnClose ?? true,
    );
  }

  /**
   * Starts a span and runs `fn` with it. It is active for `fn` and for everything that `fn` awaits or
   * schedules, as far as the scope manager follows that, and for nobody else. It finishes when `fn`
   * returns, throws, or its promise settles; an error is recorded by `Span.logError` before.
   *
   * @param operationName - what is done, with few different values
   * @param fn - is called at once with the span
   * @typeParam R - what `fn` returns
   * @returns what `fn` returns
   * @throws whatever `fn` throws, unchanged
   * @example
   * ```ts
   * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
   * const dish = (name: string) => tracer.withActiveSpan(name, async () => {});
   *
   * await tracer.withActiveSpan('lunch', async (span) => {
   *   span.setTag('guests', 2);
   *   await Promise.all([dish('soup'), dish('salad')]);
   * });
   * console.log(tracer.formatTrees());
   * ```
   * ```text
   * lunch
   * ├ soup
   * └ salad
   * ```
   */
  withActiveSpan<R>(operationName: string, fn: (span: Span) => R): R;
  withActiveSpan<R>(operationName: string, options: SpanOptions | null, fn: (span: Span) => R): R;
  withActiveSpan<R>(
    operationName: string,
    optionsOrFn: SpanOptions | null | ((span: Span) => R),
    fn?: (span: Span) => R,
  ): R {
    return typeof optionsOrFn === 'function'
      ? this._withNewSpan(operationName, undefined, optionsOrFn)
      : this._withNewSpan(operationName, optionsOrFn, fn as (span: Span) => R);
  }

  /** @internal */
  _withNewSpan<R>(
    operationName: string,
    options: SpanOptions | null | undefined,
    fn: (span: Span) => R,
  ): R {
    const manager = this.scopeManager;
    if (manager._passesSpan) {
      return manager._withNewSpan(this, operationName, options, fn);
    }
    const span = this.startSpan(operationName, options);
    return manager.withActive(span, () => fn(span), true);
  }

  /**
   * @internal `startSpan` where `active` is active, for managers that have just looked. A tracer need
   * not make use of it.
   */
  _startSpanIn(
    _active: Span | null,
    operationName: string,
    options: SpanOptions | null | undefined,
  ): Span {
    return this.startSpan(operationName, options);
  }

  /**
   * Writes a span context into a carrier. A header that it has already is replaced, in whatever case its
   * name is written; one that this context has no value for stays.
   *
   * @param _context - the context, or the span that has it
   * @param format - `FORMAT_TEXT_MAP`, `FORMAT_HTTP_HEADERS`, `FORMAT_BINARY`, or one the tracer knows
   * @param _carrier - what goes with the format; see there
   * @throws UnsupportedFormatError when the tracer does not know the format
   * @throws InvalidCarrierError when the carrier does not go with the format, or throws when it is
   *   written, as a frozen one does; that is its cause
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * const headers: Record<string, string> = { accept: 'text/plain' };
   * tracer.inject(tracer.startSpan('GET'), FORMAT_HTTP_HEADERS, headers);
   * console.log(Object.keys(headers));
   * ```
   * ```text
   * [ 'accept', 'mockpfx-ids-traceid', 'mockpfx-ids-spanid' ]
   * ```
   */
  inject(_context: SpanContext | Span, format: string, _carrier: unknown): void {
    checkFormat(format);
  }

  /**
   * Reads a span context from a carrier.
   *
   * @param format - `FORMAT_TEXT_MAP`, `FORMAT_HTTP_HEADERS`, `FORMAT_BINARY`, or one the tracer knows
   * @param _carrier - what goes with the format; see there
   * @returns `null` when the carrier holds none. The no-op tracer, like that of `opentracing@0.14.7`
   *   and of Python, returns a context of nothing.
   * @throws UnsupportedFormatError when the tracer does not know the format
   * @throws InvalidCarrierError when the carrier does not go with the format, or throws when it is
   *   read; that is its cause
   * @throws SpanContextCorruptedError when the carrier holds a context that cannot be read
   * @example
   * ```ts
   * const tracer = new MockTracer();
   * const headers = { 'mockpfx-ids-traceid': '1', 'mockpfx-ids-spanid': '2' };
   * const parent = tracer.extract(FORMAT_HTTP_HEADERS, headers);
   * console.log(tracer.startSpan('answer', { childOf: parent }).parentId);
   * ```
   * ```text
   * 2
   * ```
   */
  extract(format: string, _carrier: unknown): SpanContext | null {
    checkFormat(format);
    return this._noopSpan.context();
  }

  /** Resolves when every span finished before the call has been handed on. Never rejects. */
  flush(): Promise<void> {
    return Promise.resolve();
  }

  /** Flushes, then lets go of timers and connections; later calls do nothing. Never rejects. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}

function checkFormat(format: string): void {
  if (format !== FORMAT_TEXT_MAP && format !== FORMAT_HTTP_HEADERS && format !== FORMAT_BINARY) {
    throw new UnsupportedFormatError(format);
  }
}
