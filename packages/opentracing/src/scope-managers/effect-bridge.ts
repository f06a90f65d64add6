import type * as EffectTracer from 'effect/Tracer';
import type { EffectScopeManager } from './effect-scope-manager.js';

/** @internal The hook of Effect's tracer, through which a fiber takes each of its steps. */
export type TracerContext = NonNullable<EffectTracer.Tracer['context']>;

/**
 * A tracer of Effect that makes spans as `inner` does, and whose fibers carry what is active over to
 * promises.
 *
 * @internal
 */
export function bridgedTracer(
  manager: EffectScopeManager,
  inner: EffectTracer.Tracer,
): EffectTracer.Tracer {
  let bridged = manager._bridges.get(inner);
  if (bridged === undefined) {
    bridged = {
      span: (options) => inner.span(options),
      context: manager._followsPromises ? manager._hook(inner.context ?? evaluate) : inner.context,
    };
    manager._bridges.set(inner, bridged);
    manager._bridges.set(bridged, bridged);
  }
  return bridged;
}

const evaluate: TracerContext = (primitive, fiber) => primitive['~effect/Effect/evaluate'](fiber);
