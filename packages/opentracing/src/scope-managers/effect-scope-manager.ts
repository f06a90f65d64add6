import * as Context from 'effect/Context';
import * as Effect from 'effect/Effect';
import * as Fiber from 'effect/Fiber';
import * as Option from 'effect/Option';
import * as EffectTracer from 'effect/Tracer';
import { Span } from '../span.js';
import { Tracer } from '../tracer.js';
import { AsyncLocalStorageScopeManager } from './async-local-storage.js';
import { bridgedTracer, type TracerContext } from './effect-bridge.js';
import { EffectSpan, ExternalSpanContext, nanosNow } from './effect-span.js';
import { ScopeChainManager, ScopeLink } from './scope-chain.js';
import { ThreadLocalScopeManager } from './thread-local.js';

type AnyFiber = Fiber.Fiber<unknown, unknown>;

/** What plain code has made active in a fiber, and under which of Effect's spans it did so. */
interface Entry {
  link: ScopeLink | null;
  parent: EffectTracer.AnySpan | undefined;
}

/**
 * Scopes for the fibers of Effect 4. Importing this module needs the package `effect`.
 *
 * What propagates: a fiber has its own active span, which the fibers that it forks inherit; what an
 * effect makes active is over when the effect is, however it ends. `Effect.withSpan` under
 * `opentracingLayer`, `withSpan` and {@link EffectScopeManager.withActiveEffect} make a span active
 * for an effect; `activate`, `withActive` and `bind` work in plain code that a fiber runs, such as
 * the body of `Effect.gen` or `Effect.sync`, and `activate` lasts there until the scope is closed.
 *
 * Outside any fiber the scopes are those of `AsyncLocalStorageScopeManager` where the runtime has
 * what it needs, and those of `ThreadLocalScopeManager` elsewhere. A fiber that plain code starts
 * begins under what is active there.
 *
 * The limits: Effect has no current fiber behind the first `await` in `Effect.promise`. What is active
 * reaches there through `AsyncLocalStorage`, in the effects of the three functions above, and in
 * `withActive` anywhere; a runtime without it has nothing active behind an `await`, and there a fiber
 * that plain code has started sees what was active only until it first waits.
 *
 * Source: the description of the platform API, "Scope managers" (gevent).
 */
export class EffectScopeManager extends ScopeChainManager {
  /** @internal Unlike any other manager's, of another copy of this package too: Effect goes by it. */
  _entry: Context.Reference<Entry | undefined> = Context.Reference<Entry | undefined>(
    `opentracing-ts/EffectScopeManager/${Math.random()}`,
    { defaultValue: () => undefined },
  );
  /** @internal */
  _followsPromises: boolean = AsyncLocalStorageScopeManager.isSupported();
  /** @internal Holds what is active where there is no fiber. */
  _outside: ScopeChainManager = this._followsPromises
    ? new AsyncLocalStorageScopeManager()
    : new ThreadLocalScopeManager();
  /** @internal The fiber whose code runs in a context of `_outside` that ends when the code returns. */
  _inContext: AnyFiber | undefined = undefined;
  /** @internal The bridge for each tracer of Effect, and for each bridge itself. */
  _bridges: WeakMap<EffectTracer.Tracer, EffectTracer.Tracer> = new WeakMap();
  /** @internal */
  _externalLinks: WeakMap<EffectTracer.ExternalSpan, ScopeLink> = new WeakMap();
  /** @internal What the spans belong to that are known by no more than their ids. */
  _externalTracer: Tracer = new Tracer(this);

  /**
   * An effect that runs `self` with `span` active for it and for the fibers that it forks; it is also
   * the parent of Effect's own spans in there.
   *
   * @param span - the span
   * @param self - the effect
   * @param finishOnClose - whether the span is finished when `self` has ended: by success, failure or
   *   interruption, which are recorded on it before. By default `false`
   * @returns an effect with the result of `self`
   * @example
   * ```ts
   * import { Effect } from 'effect';
   *
   * const manager = new EffectScopeManager();
   * const tracer = new MockTracer(manager);
   * const soup = Effect.sync(() => tracer.startSpan('soup').finish()).pipe(Effect.delay('1 millis'));
   * await Effect.runPromise(manager.withActiveEffect(tracer.startSpan('lunch'), soup, true));
   * console.log(tracer.formatTrees());
   * ```
   * ```text
   * lunch
   * └ soup
   * ```
   */
  withActiveEffect<A, E, R>(
    span: Span,
    self: Effect.Effect<A, E, R>,
    finishOnClose = false,
  ): Effect.Effect<A, E, Exclude<R, EffectTracer.ParentSpan>> {
    return this._scoped(() => span, self, finishOnClose);
  }

  /**
   * An effect that runs `self` with no span active for it and for the fibers that it forks. Effect's
   * own spans have no parent in there either.
   *
   * @param self - the effect
   * @returns an effect with the result of `self`
   */
  withoutActiveEffect<A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> {
    return Effect.updateContext(
      self,
      (context: Context.Context<R>) =>
        Context.omit(EffectTracer.ParentSpan)(context).pipe(
          Context.add(this._entry, { link: null, parent: undefined }),
        ) as Context.Context<R>,
    );
  }

  /** @internal Like `withActiveEffect`, with a span for each run. */
  _scoped<A, E, R>(
    start: () => Span,
    self: Effect.Effect<A, E, R>,
    finishOnClose: boolean,
  ): Effect.Effect<A, E, Exclude<R, EffectTracer.ParentSpan>> {
    return Effect.acquireUseRelease(
      Effect.withFiber((fiber) => Effect.succeed(this._lend(start(), fiber))),
      (span) =>
        Effect.withFiber((fiber) =>
          self.pipe(
            Effect.provideService(EffectTracer.ParentSpan, span),
            Effect.withTracer(bridgedTracer(this, fiber.getRef(EffectTracer.Tracer))),
          ),
        ),
      (span, exit) =>
        Effect.sync(() => (finishOnClose ? span.end(nanosNow(), exit) : span._giveBack())),
    );
  }

  /** @internal The span as one of Effect's, not yet active. */
  _lend(span: Span, fiber: AnyFiber): EffectSpan {
    const parent = fiber.cache.span;
    return new EffectSpan(this._newLink(span), {
      name: (span as { operationName?: string }).operationName ?? '',
      parent: parent === undefined ? Option.none() : Option.some(parent),
      annotations: Context.empty(),
      links: [],
      startTime: nanosNow(),
      kind: 'internal',
      sampled: true,
    });
  }

  /** @internal A link around whatever is to be active as long as an effect runs. */
  _newLink(span: Span): ScopeLink {
    return new ScopeLink(this, span, this._head(), false, true);
  }

  /** @internal */
  override _read(): ScopeLink | null | undefined {
    const fiber = Fiber.getCurrent();
    return fiber === undefined ? this._outside._read() : this._readFiber(fiber);
  }

  /** @internal */
  _readFiber(fiber: AnyFiber): ScopeLink | null | undefined {
    const entry = fiber.getRef(this._entry);
    // A span of Effect that was not yet there when plain code made something active is inside that.
    const link = this._linkOf(fiber.cache.span, entry?.parent);
    return link ?? (entry === undefined ? this._outside._read() : entry.link);
  }

  /** @internal The link of the nearest span that is known here, from `from` up to `end`. */
  _linkOf(
    from: EffectTracer.AnySpan | undefined,
    end: EffectTracer.AnySpan | undefined,
  ): ScopeLink | undefined {
    let span = from;
    while (span !== undefined && span !== end) {
      if (span._tag === 'ExternalSpan') {
        return this._externalLink(span);
      }
      // Told by its shape: the class may come from another copy of this package.
      const link = (span as Partial<EffectSpan>)._link;
      if (link?.manager === this) {
        return link;
      }
      span = Option.getOrUndefined(span.parent);
    }
    return undefined;
  }

  /** @internal */
  _externalLink(external: EffectTracer.ExternalSpan): ScopeLink {
    let link = this._externalLinks.get(external);
    if (link === undefined) {
      const span = new Span(this._externalTracer, new ExternalSpanContext(external));
      link = new ScopeLink(this, span, null, false, true);
      this._externalLinks.set(external, link);
    }
    return link;
  }

  /** @internal */
  override _write(link: ScopeLink | null): void {
    const fiber = Fiber.getCurrent();
    if (fiber === undefined) {
      this._outside._write(link);
      return;
    }
    this._set(fiber, { link, parent: fiber.cache.span });
    if (this._inContext === fiber) {
      try {
        this._outside._write(link);
      } catch {
        // Workers refuse to enter a context: there, only what the fiber itself runs sees the scope.
      }
    }
  }

  /** @internal */
  override _run<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R {
    const fiber = Fiber.getCurrent();
    if (fiber === undefined) {
      return this._outside._run(link, fn, argument);
    }
    const before = fiber.getRef(this._entry);
    this._set(fiber, { link, parent: fiber.cache.span });
    try {
      return this._runInContext(fiber, link, fn, argument);
    } finally {
      this._set(fiber, before);
    }
  }

  /**
   * @internal Runs the code of a fiber so that what it leaves to promises and timers has the link. A
   * stack would only show it to other fibers that the code resumes, so there the fiber has to do.
   */
  _runInContext<A, R>(
    fiber: AnyFiber,
    link: ScopeLink | null,
    fn: (argument: A) => R,
    argument: A,
  ): R {
    if (!this._followsPromises) {
      return fn(argument);
    }
    const outside = this._outside;
    const before = this._inContext;
    const linkBefore = outside._read() ?? null;
    this._inContext = fiber;
    try {
      return link === linkBefore ? fn(argument) : outside._run(link, fn, argument);
    } finally {
      this._inContext = before;
      // What the code has entered ends with it; `run` of Node sees to that for another value only.
      if ((outside._read() ?? null) !== linkBefore) {
        outside._write(linkBefore);
      }
    }
  }

  /** @internal What Effect's tracer hook has to do with each step of a fiber. */
  _hook(inner: TracerContext): TracerContext {
    return (primitive, fiber) =>
      this._runInContext(
        fiber,
        this._readFiber(fiber) ?? null,
        (step) => inner(step, fiber),
        primitive,
      );
  }

  /** @internal */
  _set(fiber: AnyFiber, entry: Entry | undefined): void {
    fiber.setContext(Context.add(fiber.context, this._entry, entry));
  }
}
