import type { Attributes, Context, Link, SpanKind } from '@opentelemetry/api';
import { checkMethod } from '../check-method.js';
import { Tags } from '../tags.js';

/** A sampler of an OpenTelemetry SDK, as far as it is used here. */
export interface OpenTelemetrySampler {
  /** Decides on a span that is about to start; what it answers is its own. */
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): {
    /** 0 for not recorded, 1 for recorded, 2 for recorded and sampled. */
    decision: number;
  };
}

/** `SamplingDecision.RECORD_AND_SAMPLED`. */
const RECORD_AND_SAMPLED = 2;

/**
 * A sampler for an OpenTelemetry SDK that keeps spans which start with the tag `sampling.priority`
 * above 0, and asks another sampler about the rest. (A priority of 0 needs no sampler.)
 *
 * Source: OpenTracing semantic conventions, "sampling.priority".
 *
 * @example
 * ```ts
 * import { AlwaysOffSampler, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
 *
 * const tracerProvider = new BasicTracerProvider({
 *   sampler: new SamplingPrioritySampler(new AlwaysOffSampler()),
 * });
 * const tracer = new OpenTelemetryTracer({ tracerProvider });
 * const span = tracer.startSpan('refund', { tags: { 'sampling.priority': 1 } });
 * console.log(span.context().sampled, tracer.startSpan('lunch').context().sampled);
 * ```
 * ```text
 * true false
 * ```
 */
export class SamplingPrioritySampler<S extends OpenTelemetrySampler> {
  /** @internal */
  _root: S;

  /**
   * @param root - is asked about spans without a priority
   * @throws TypeError for what is no sampler
   */
  constructor(root: S) {
    checkMethod('The sampler is', root, 'shouldSample', 'give one such as new AlwaysOnSampler()');
    this._root = root;
  }

  /** As samplers of OpenTelemetry are asked. */
  shouldSample(
    context: Context,
    traceId: string,
    spanName: string,
    spanKind: SpanKind,
    attributes: Attributes,
    links: Link[],
  ): ReturnType<S['shouldSample']> {
    const result = this._root.shouldSample(context, traceId, spanName, spanKind, attributes, links);
    const isWanted = Number(attributes[Tags.SAMPLING_PRIORITY]) > 0;
    return (isWanted ? { ...result, decision: RECORD_AND_SAMPLED } : result) as ReturnType<
      S['shouldSample']
    >;
  }

  /** Its name and that of the other sampler, for logs. */
  toString(): string {
    return `SamplingPrioritySampler{${String(this._root)}}`;
  }
}
