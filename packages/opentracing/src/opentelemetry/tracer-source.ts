import {
  type Tracer as OtelTracer,
  ProxyTracerProvider,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';

/** The instrumentation scope of the spans. */
const NAME = 'opentracing-ts';

/** A provider of an SDK, which may offer more than the API asks for. */
type Provider = TracerProvider & { forceFlush?(): Promise<void> };

/**
 * Where spans come from: what was given, or else the provider that is registered at the time, which may
 * be later than the bridge is set up, and another one in the next test.
 *
 * @internal
 */
export class TracerSource {
  _given: TracerProvider | null;
  _tracer: OtelTracer | null;
  _isFixed: boolean;
  /** The provider that the tracer is of. */
  _of: TracerProvider | null = null;

  /** Called the first time that a span is to come from nowhere; `null` afterwards. */
  _onMissing: (() => void) | null;

  /** @param onMissing - called once, where no provider is registered when a span is to start */
  constructor(
    tracer: OtelTracer | null,
    provider: TracerProvider | null,
    onMissing: () => void = () => {},
  ) {
    this._onMissing = onMissing;
    this._given = provider;
    this._tracer = tracer;
    this._isFixed = tracer !== null;
  }

  tracer(): OtelTracer {
    const provider = this._isFixed ? this._of : this.provider();
    if (this._tracer === null || provider !== this._of) {
      this._of = provider;
      this._tracer = (provider as TracerProvider).getTracer(NAME);
      // What the API has in the place of a provider.
      if (this._onMissing !== null && provider === new ProxyTracerProvider().getDelegate()) {
        const onMissing = this._onMissing;
        this._onMissing = null;
        onMissing();
      }
    }
    return this._tracer;
  }

  provider(): Provider {
    const provider = this._given ?? trace.getTracerProvider();
    // The API answers with a proxy of what is registered.
    const { getDelegate } = provider as { getDelegate?(): Provider };
    return typeof getDelegate === 'function' ? getDelegate.call(provider) : provider;
  }
}
