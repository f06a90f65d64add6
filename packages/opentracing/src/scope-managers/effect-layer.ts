import type * as Effect from 'effect/Effect';
import * as Fiber from 'effect/Fiber';
import * as Layer from 'effect/Layer';
import * as Option from 'effect/Option';
import * as EffectTracer from 'effect/Tracer';
import { followsFrom } from '../reference.js';
import type { SpanContext } from '../span-context.js';
import { Tags } from '../tags.js';
import type { SpanOptions, Tracer } from '../tracer.js';
import { bridgedTracer } from './effect-bridge.js';
import type { EffectScopeManager } from './effect-scope-manager.js';
import { EffectSpan, logLinks } from './effect-span.js';

/**
 * Gives an effect a span of its own at each run: active for the effect and for the fibers that it
 * forks, finished when the effect has ended. The errors and defects of a failure are recorded by
 * `Span.logError` before; an interruption is no error and sets the tag `effect.fiber.interrupted`.
 *
 * @param tracer - a tracer whose scope manager is an `EffectScopeManager`
 * @param name - the operation name
 * @param options - like those of `Tracer.startSpan`
 * @returns what makes of an effect one with a span: `effect.pipe(withSpan(tracer, 'work'))`
 * @throws TypeError for a tracer with another scope manager
 * @example
 * ```ts
 * import { Effect } from 'effect';
 *
 * const tracer = new MockTracer(new EffectScopeManager());
 * const soup = Effect.sync(() => tracer.startSpan('soup').finish());
 * await Effect.runPromise(soup.pipe(Effect.delay('1 millis'), withSpan(tracer, 'lunch')));
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * lunch
 * └ soup
 * ```
 */
export function withSpan(
  tracer: Tracer,
  name: string,
  options?: SpanOptions | null,
): <A, E, R>(
  self: Effect.Effect<A, E, R>,
) => Effect.Effect<A, E, Exclude<R, EffectTracer.ParentSpan>> {
  const manager = managerOf(tracer, 'withSpan');
  return (self) => manager._scoped(() => tracer.startSpan(name, options), self, true);
}

/**
 * A layer that makes Effect's own spans, those of `Effect.withSpan` and `Effect.fn`, spans of
 * `tracer`. Their parent is the active span, and they are active in turn, for plain code too.
 *
 * Attributes become tags, the kind becomes `span.kind` (none for `internal`), events and what
 * `Effect.log` writes become logs, links become references of the type `follows_from`; links of a span
 * with `root: true`, and links that are added later, become logs. A failure is recorded as
 * {@link withSpan} does. `sampled: false` sets `sampling.priority` to 0. An external span is the
 * parent by its ids. Times are those of the tracer's clock and not of Effect's.
 *
 * @param tracer - a tracer whose scope manager is an `EffectScopeManager`
 * @throws TypeError for a tracer with another scope manager
 * @example
 * ```ts
 * import { Effect } from 'effect';
 *
 * const tracer = new MockTracer(new EffectScopeManager());
 * const soup = Effect.sync(() => tracer.startSpan('soup').finish());
 * const lunch = soup.pipe(Effect.withSpan('lunch'), Effect.provide(opentracingLayer(tracer)));
 * await Effect.runPromise(lunch);
 * console.log(tracer.formatTrees());
 * ```
 * ```text
 * lunch
 * └ soup
 * ```
 */
export function opentracingLayer(tracer: Tracer): Layer.Layer<never> {
  const manager = managerOf(tracer, 'opentracingLayer');
  return Layer.succeed(
    EffectTracer.Tracer,
    bridgedTracer(manager, { span: (options) => startSpan(tracer, manager, options) }),
  );
}

function startSpan(
  tracer: Tracer,
  manager: EffectScopeManager,
  options: Parameters<EffectTracer.Tracer['span']>[0],
): EffectSpan {
  const { kind, links, name, root, sampled } = options;
  const tags: Record<string, unknown> = {};
  if (kind !== 'internal') {
    tags[Tags.SPAN_KIND] = kind;
  }
  if (!sampled) {
    tags[Tags.SAMPLING_PRIORITY] = 0;
  }
  const span = tracer.startSpan(name, {
    childOf: root ? null : parentOf(manager, Option.getOrUndefined(options.parent)),
    // A reference would be the parent of a span that has no other.
    references: root ? null : links.map((link) => followsFrom(contextOf(manager, link.span))),
    tags,
    ignoreActiveSpan: true,
  });
  if (root) {
    logLinks(span, links);
  }
  return new EffectSpan(manager._newLink(span), options);
}

/** The active span, but for a parent that the program has named. */
function parentOf(
  manager: EffectScopeManager,
  parent: EffectTracer.AnySpan | undefined,
): SpanContext | undefined {
  const isNamed = parent !== undefined && parent !== Fiber.getCurrent()?.cache.span;
  return (isNamed ? contextOf(manager, parent) : undefined) ?? manager._activeSpan()?.context();
}

function contextOf(
  manager: EffectScopeManager,
  span: EffectTracer.AnySpan,
): SpanContext | undefined {
  return manager._linkOf(span, undefined)?.openSpan()?.context();
}

function managerOf(tracer: Tracer, caller: string): EffectScopeManager {
  const manager = tracer.scopeManager;
  // Told by its shape: the class may come from another copy of this package.
  if (typeof (manager as Partial<EffectScopeManager>).withActiveEffect !== 'function') {
    throw new TypeError(
      `${caller} takes a tracer whose scope manager is an EffectScopeManager, ` +
        `not ${manager.constructor.name}.`,
    );
  }
  return manager as EffectScopeManager;
}
