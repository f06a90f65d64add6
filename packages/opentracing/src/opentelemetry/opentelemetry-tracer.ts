import {
  type Tracer as OtelTracer,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { asText } from '../as-text.js';
import { checkOption } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { UnsupportedFormatError } from '../errors.js';
import { mistypedOptions } from '../mistyped-options.js';
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from '../propagation.js';
import { contextOf, type Reference } from '../reference.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { parentReference, readOptions, referencesOf } from '../span-options.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { mergedBaggage } from './baggage.js';
import { extractBinary, injectBinary } from './binary-propagation.js';
import { BridgeLoopError } from './bridge-loop-error.js';
import { hrTimeOf } from './hr-time.js';
import { settledBaggage, withoutBaggage } from './live-baggage.js';
import { OpenTelemetryScopeManager } from './opentelemetry-scope-manager.js';
import { OpenTelemetrySpan, remember } from './opentelemetry-span.js';
import { type OpenTelemetrySpanContext, readContext } from './opentelemetry-span-context.js';
import { baggageOfSpan, below, contextToInject, type Place } from './place.js';
import { type OpenTelemetryErrorOptions, reportOnce, tell } from './report-once.js';
import { linksOf, readTags } from './start-options.js';
import { extractText, injectText, type TextPropagator } from './text-propagation.js';
import { TracerSource } from './tracer-source.js';
import { unrecordedSpan } from './unrecorded-span.js';

/**
 * How often the tracer may be asked for a span while it asks OpenTelemetry for one: a processor may
 * start spans of its own, a provider that reports to this tracer does so without an end.
 */
const MAX_DEPTH = 4;

/** The propagators of OpenTelemetry for the text formats; see {@link OpenTelemetryTracerOptions}. */
export interface OpenTelemetryPropagators {
  /** For `FORMAT_TEXT_MAP`. */
  text_map?: TextPropagator | undefined;
  /** For `FORMAT_HTTP_HEADERS`. */
  http_headers?: TextPropagator | undefined;
}

/** What {@link OpenTelemetryTracer} takes. A program that has set up an SDK needs none of it. */
export interface OpenTelemetryTracerOptions extends OpenTelemetryErrorOptions {
  /** Starts the spans; by default the one named `opentracing-ts` of the `tracerProvider`. */
  tracer?: OtelTracer | undefined;
  /** By default the one that is registered, now or later. `flush` is passed on to it. */
  tracerProvider?: TracerProvider | undefined;
  /** Inject and extract text; by default the propagator that is registered, now or later. */
  propagators?: OpenTelemetryPropagators | undefined;
}

const OPTIONS: Readonly<Record<keyof OpenTelemetryTracerOptions, true>> = {
  tracer: true,
  tracerProvider: true,
  propagators: true,
  onError: true,
};

const NO_OPTIONS = {
  startSpan: 'tracer; pass it as { tracer }',
  getTracer: 'tracer provider; pass it as { tracerProvider }',
  extract: 'propagator; pass it as { propagators: { http_headers: propagator } }',
};

/**
 * OpenTracing over an OpenTelemetry SDK: spans are OpenTelemetry's, and the active span is that of its
 * context, so that OpenTracing code and OpenTelemetry instrumentation are in one trace.
 *
 * - The parent is the first reference that says `child_of`, or else the first; the others, and a parent
 *   that says `follows_from`, become links with the attribute `opentracing.ref_type`. Baggage comes from
 *   all of them.
 * - Tags, logs, errors, kind and baggage: see {@link OpenTelemetrySpan}. The scopes: see
 *   {@link OpenTelemetryScopeManager}.
 * - The tag `sampling.priority` of 0, where a span starts with it, makes it one that is not recorded, and
 *   its children with it; above 0 it is for {@link SamplingPrioritySampler}.
 * - `FORMAT_TEXT_MAP` and `FORMAT_HTTP_HEADERS` are what the propagators of OpenTelemetry make of them.
 *   `FORMAT_BINARY` is that of the OpenTracing reference tracers, with a field for the upper half of the
 *   trace id; it has no `tracestate`.
 * - `close` flushes; the SDK is the program's to shut down.
 *
 * Source: OpenTelemetry specification, "OpenTracing Compatibility".
 *
 * @example
 * ```ts
 * import { context, trace } from '@opentelemetry/api';
 * import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
 * import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
 *
 * context.setGlobalContextManager(new AsyncLocalStorageContextManager());
 * trace.setGlobalTracerProvider(new BasicTracerProvider());
 *
 * setGlobalTracer(new OpenTelemetryTracer());
 * globalTracer().withActiveSpan('lunch', (span) => {
 *   console.log(trace.getActiveSpan()?.spanContext().spanId === span.context().toSpanId());
 * });
 * ```
 * ```text
 * true
 * ```
 */
export class OpenTelemetryTracer extends Tracer {
  /** @internal */
  _source: TracerSource;
  /** @internal By format. */
  _propagators: OpenTelemetryPropagators;
  /** @internal */
  _scopes: OpenTelemetryScopeManager;
  /** @internal */
  _onError: (error: unknown) => void;
  /** @internal How many calls of `startSpan` of OpenTelemetry have not returned. */
  _depth = 0;

  /**
   * @throws TypeError for a tracer, a provider or a propagator that is none, and for one of them in the
   *   place of the options
   */
  constructor(options?: OpenTelemetryTracerOptions | null) {
    const given = options ?? {};
    checkOptions('OpenTelemetryTracer', given, NO_OPTIONS);
    checkOption('tracer', given.tracer, 'startSpan');
    checkOption('tracerProvider', given.tracerProvider, 'getTracer');
    checkOption('propagators.text_map', given.propagators?.text_map, 'extract');
    checkOption('propagators.http_headers', given.propagators?.http_headers, 'extract');
    const scopes = new OpenTelemetryScopeManager(given);
    super(scopes);
    scopes._tracer = this;
    this._scopes = scopes;
    this._source = new TracerSource(given.tracer ?? null, given.tracerProvider ?? null, () => {
      tell(new NoProviderError(), given.onError);
    });
    this._propagators = { ...given.propagators };
    this._onError = reportOnce(given.onError);
    const slips = mistypedOptions('OpenTelemetryTracer', given, OPTIONS);
    if (slips !== null) {
      tell(slips, given.onError);
    }
  }

  override startSpan(operationName: string, options?: SpanOptions | null): OpenTelemetrySpan {
    const read = options ? readOptions(options) : {};
    const references = read.references ? referencesOf(this, read, readContext) : [];
    const parent = parentReference(references);
    const place = this._placeFor(read, references, parent);
    const tags = readTags(read.tags);
    const startTime = hrTimeOf(read.startTime);
    const otelSpan = this._ask(place, tags.isUnwanted, () =>
      this._source.tracer().startSpan(
        asText(operationName) ?? '',
        {
          kind: tags.kind,
          attributes: tags.attributes,
          links: linksOf(references, parent),
          ...(startTime !== undefined && { startTime }),
        },
        place.inside,
      ),
    );
    const span = new OpenTelemetrySpan(this, otelSpan, place.baggage, this._onError);
    remember(span);
    return tags.error === undefined ? span : span._setError(tags.error);
  }

  override inject(given: SpanContext | Span, format: string, carrier: unknown): void {
    const own = readContext(contextOf(given));
    if (format === FORMAT_BINARY) {
      injectBinary(own, carrier);
      return;
    }
    const propagator = this._propagator(format);
    injectText(propagator, contextToInject(given, own), format, carrier, this._onError);
  }

  override extract(format: string, carrier: unknown): OpenTelemetrySpanContext | null {
    return format === FORMAT_BINARY
      ? extractBinary(carrier)
      : extractText(this._propagator(format), format, carrier);
  }

  /** Resolves when the provider has handed on what it has, where it offers that. Never rejects. */
  override async flush(): Promise<void> {
    try {
      await this._source.provider().forceFlush?.();
    } catch (error) {
      this._onError(error);
    }
  }

  /** Flushes. The SDK goes on: other code may use it. */
  override close(): Promise<void> {
    return this.flush();
  }

  /** @internal Where the span goes: a context of OpenTelemetry with its parent, and its baggage. */
  _placeFor(
    options: SpanOptions,
    references: readonly Reference[],
    parent: Reference | undefined,
  ): Place {
    const here = this._scopes._context();
    if (parent !== undefined) {
      const all = references.map(
        (one) => readContext(one.referencedContext())?._otelBaggage ?? null,
      );
      const own = readContext(parent.referencedContext());
      const first = own?._otelBaggage ?? null;
      return below(here, options.childOf, own, all.reduce(mergedBaggage, first));
    }
    const own = options.childOf ? readContext(contextOf(options.childOf)) : null;
    if (own !== null) {
      return below(here, options.childOf, own, own._otelBaggage);
    }
    if (options.ignoreActiveSpan === true) {
      return { inside: withoutBaggage(trace.deleteSpan(here)), baggage: null };
    }
    const active = this.activeSpan;
    const baggage =
      active === null ? settledBaggage(propagation.getBaggage(here)) : baggageOfSpan(active);
    return { inside: here, baggage };
  }

  /** @internal A span of OpenTelemetry, or one that is not recorded where it cannot be had. */
  _ask(
    { inside }: Place,
    isUnwanted: boolean,
    start: () => ReturnType<OtelTracer['startSpan']>,
  ): ReturnType<OtelTracer['startSpan']> {
    if (isUnwanted) {
      return unrecordedSpan(inside);
    }
    if (this._depth === MAX_DEPTH) {
      this._onError(new BridgeLoopError('tracer provider'));
      return unrecordedSpan(inside);
    }
    this._depth++;
    try {
      return start();
    } catch (error) {
      // Of a sampler or a processor.
      this._onError(error);
      return unrecordedSpan(inside);
    } finally {
      this._depth--;
    }
  }

  /** @internal */
  _propagator(format: string): TextPropagator {
    if (format !== FORMAT_TEXT_MAP && format !== FORMAT_HTTP_HEADERS) {
      throw new UnsupportedFormatError(format);
    }
    return this._propagators[format] ?? propagation;
  }
}

class NoProviderError extends Error {
  constructor() {
    super(
      'OpenTelemetry has no tracer provider, so spans are not recorded; set up its SDK before the ' +
        'first span.',
    );
    this.name = 'NoProviderError';
  }
}
