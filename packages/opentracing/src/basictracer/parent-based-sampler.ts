import { checkOptions } from '../check-options.js';
import type { BasicSpanContext } from '../propagation/basic-span-context.js';
import { tellMistyped } from './report-error.js';
import { ConstSampler, checkSampler, type Sampler } from './samplers.js';

/** Who decides in a {@link ParentBasedSampler}. */
export interface ParentBasedSamplerOptions {
  /** Asked where nobody has decided: at the root of a trace, or below a caller that left it open. By
   * default all are recorded. */
  root?: Sampler | undefined;
  /** Asked where the caller records the trace; by default it is recorded. */
  remoteParentSampled?: Sampler | undefined;
  /** Asked where the caller does not record the trace; by default it is not recorded. */
  remoteParentNotSampled?: Sampler | undefined;
}

const OPTIONS: Readonly<Record<keyof ParentBasedSamplerOptions, true>> = {
  root: true,
  remoteParentSampled: true,
  remoteParentNotSampled: true,
};

/**
 * Decides by what the caller has decided, such as for a service that does not take the word of the
 * outside world. Without it the decision of a caller holds and the tracer's sampler is asked only where
 * there is none, which is what this sampler does by default too.
 *
 * A trace that Zipkin's debug flag came with counts as one that the caller records. Spans below another
 * one of this process go by the decision for that one, whatever the samplers say.
 *
 * Source: OpenTelemetry's SDK, "ParentBased", from which the names are.
 *
 * @example
 * ```ts
 * // Callers may ask for a trace, but for no more than one in a second.
 * const recorder = new InMemoryRecorder();
 * const tracer = new BasicTracer({
 *   recorder,
 *   propagation: ['b3'],
 *   sampler: new ParentBasedSampler({
 *     root: new ProbabilitySampler(0.1),
 *     remoteParentSampled: new RateLimitingSampler(1),
 *   }),
 * });
 * for (const id of ['463ac35c9f6413ad', '72485a3953bb6124']) {
 *   const childOf = tracer.extract('http_headers', { b3: `${id}-${id}-1` });
 *   tracer.startSpan('GET /orders', { childOf }).finish();
 * }
 * console.log(recorder.spans.length);
 * ```
 * ```text
 * 1
 * ```
 */
export class ParentBasedSampler implements Sampler {
  /** It is asked where the caller has decided, too. */
  readonly overrulesCallers = true;
  /** @internal */
  _root: Sampler;
  /** @internal */
  _sampled: Sampler;
  /** @internal */
  _notSampled: Sampler;

  /** @throws TypeError for a sampler that is none, and for one in the place of the options */
  constructor(options?: ParentBasedSamplerOptions | null) {
    const given = options ?? {};
    checkOptions('ParentBasedSampler', given, { isSampled: 'sampler; pass it as { root }' });
    const { root, remoteParentSampled, remoteParentNotSampled } = given;
    checkSampler('root', root);
    checkSampler('remoteParentSampled', remoteParentSampled);
    checkSampler('remoteParentNotSampled', remoteParentNotSampled);
    tellMistyped(undefined, 'ParentBasedSampler', given, OPTIONS);
    this._root = root ?? new ConstSampler(true);
    this._sampled = remoteParentSampled ?? new ConstSampler(true);
    this._notSampled = remoteParentNotSampled ?? new ConstSampler(false);
  }

  /** What the sampler for this kind of parent says. */
  isSampled(
    operationName: string,
    traceIdLow: number,
    tags?: Readonly<Record<string, unknown>>,
    parent?: BasicSpanContext | null,
  ): boolean {
    return this._samplerFor(parent?.sampled).isSampled(operationName, traceIdLow, tags, parent);
  }

  /** @internal */
  _samplerFor(decision: boolean | undefined): Sampler {
    if (decision === undefined) {
      return this._root;
    }
    return decision ? this._sampled : this._notSampled;
  }
}
