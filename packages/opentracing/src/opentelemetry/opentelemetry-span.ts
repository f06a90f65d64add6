import {
  type Baggage,
  context,
  type Span as OtelSpan,
  type SpanContext as OtelSpanContext,
  propagation,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { asText } from '../as-text.js';
import { describeError } from '../describe-error.js';
import { SERVER_PARENT } from '../server-parent.js';
import { Span } from '../span.js';
import { Tags } from '../tags.js';
import type { Tracer } from '../tracer.js';
import { attach } from './attach.js';
import { attributeValue } from './attribute-value.js';
import { withBaggageItem } from './baggage.js';
import { hrTimeOf } from './hr-time.js';
import { isLive, LiveBaggage, settledBaggage } from './live-baggage.js';
import { addLog } from './log-event.js';
import { OpenTelemetrySpanContext } from './opentelemetry-span-context.js';

/**
 * A span of OpenTelemetry as one of OpenTracing: what {@link OpenTelemetryTracer} starts, and what
 * `activeSpan` is where OpenTelemetry's own code has made a span active.
 *
 * - Tags become attributes; `error` becomes the status (`false` undoes an error by the status OK, which
 *   is final in OpenTelemetry), and `span.kind` the kind where it is given when the span starts.
 * - Logs become events, errors those of `recordException`.
 * - Baggage that is set reaches OpenTelemetry's own where the span is active, and that which
 *   OpenTelemetry's code sets there is read here.
 *
 * Source: OpenTelemetry specification, "OpenTracing Compatibility".
 */
export class OpenTelemetrySpan extends Span {
  /** @internal */
  _otelSpan: OtelSpan;
  /** @internal What is set on the span, and what it began with. */
  _baggage: Baggage | null;
  /** @internal Of a context of OpenTelemetry, whose items are among those above. */
  _absorbed: Baggage | undefined;
  /** @internal In contexts in which the span is active. */
  _liveBaggage: LiveBaggage;
  /** @internal */
  _isFinished = false;
  /** @internal */
  _hasFailed = false;
  /** @internal */
  _lastContext: OpenTelemetrySpanContext | null = null;
  /** @internal */
  _onError: (error: unknown) => void;

  /** @internal */
  constructor(
    tracer: Tracer,
    otelSpan: OtelSpan,
    baggage: Baggage | null,
    onError: (error: unknown) => void,
  ) {
    super(tracer);
    this._otelSpan = otelSpan;
    this._baggage = baggage;
    this._liveBaggage = new LiveBaggage(this);
    this._onError = onError;
  }

  /** The span as OpenTelemetry has it: `trace.getActiveSpan()` where this one is active. */
  unwrap(): OtelSpan {
    return this._otelSpan;
  }

  override context(): OpenTelemetrySpanContext {
    const baggage = this._baggageHere();
    if (this._lastContext?._otelBaggage !== baggage || this._lastContext === null) {
      this._lastContext = new OpenTelemetrySpanContext(this._otelSpan.spanContext(), baggage);
    }
    return this._lastContext;
  }

  override setOperationName(name: string): this {
    return this._change((span) => span.updateName(asText(name) ?? ''));
  }

  override setTag(key: string, value: unknown): this {
    return key === Tags.ERROR
      ? this._setError(value)
      : this._change((span) => {
          const attribute = attributeValue(value);
          const name = asText(key);
          if (attribute !== undefined && name) {
            span.setAttribute(name, attribute);
          }
        });
  }

  override log(fields: Record<string, unknown>, timestamp?: number): this {
    return this._change((span) => addLog(span, fields, hrTimeOf(timestamp)));
  }

  override logError(error: unknown): this {
    const fields = describeError(error);
    return this._fail(fields.message === undefined ? undefined : asText(fields.message)).log(
      fields,
    );
  }

  override setBaggageItem(key: string, value: string): this {
    if (!this._isFinished) {
      const before = this._baggageHere();
      this._baggage = withBaggageItem(before, key, value);
      this._makeLive();
    }
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return this._baggageHere()?.getEntry(asText(key) ?? '')?.value;
  }

  override finish(finishTime?: number): void {
    if (this._isFinished) {
      return;
    }
    this._change((span) => span.end(hrTimeOf(finishTime)));
    this._isFinished = true;
  }

  /** @internal Calls `change` while the span can be changed; a processor may throw at it. */
  _change(change: (span: OtelSpan) => unknown): this {
    const { _otelSpan: span } = this;
    try {
      // False once OpenTelemetry's code has ended it, too, which would complain about the change.
      if (!this._isFinished && span.isRecording()) {
        change(span);
      }
    } catch (error) {
      this._onError(error);
    }
    return this;
  }

  /** @internal */
  _setError(value: unknown): this {
    if (value === false || value === 'false') {
      return this._hasFailed ? this._recover() : this;
    }
    if (value === undefined || value === null) {
      return this;
    }
    if (value instanceof Error) {
      return this.logError(value);
    }
    return this._fail(value === true || value === 'true' ? undefined : asText(value));
  }

  /** @internal */
  _fail(message: string | undefined): this {
    this._hasFailed = true;
    const code = SpanStatusCode.ERROR;
    return this._change((span) =>
      span.setStatus(message === undefined ? { code } : { code, message }),
    );
  }

  /** @internal An SDK ignores the status UNSET. */
  _recover(): this {
    this._hasFailed = false;
    return this._change((span) => span.setStatus({ code: SpanStatusCode.OK }));
  }

  /** @internal The id of the caller's span, where this one is of a server and has not ended. */
  [SERVER_PARENT](): string | undefined {
    const span: SdkSpan = this._otelSpan;
    return span.kind === SpanKind.SERVER && span.isRecording()
      ? (span.parentSpanContext?.spanId ?? span.parentSpanId ?? '')
      : undefined;
  }

  /**
   * @internal The baggage: where OpenTelemetry's code has set one in a context in which this span is
   * active, that one, there.
   */
  _baggageHere(): Baggage | null {
    const active = context.active();
    if (trace.getSpan(active) !== this._otelSpan) {
      return this._baggage;
    }
    const given = propagation.getBaggage(active);
    return given === undefined || isLive(given) || given === this._absorbed
      ? this._baggage
      : settledBaggage(given);
  }

  /** @internal Shows OpenTelemetry's code what was set, in the context that is active. */
  _makeLive(): void {
    const active = context.active();
    if (trace.getSpan(active) !== this._otelSpan) {
      return;
    }
    const given = propagation.getBaggage(active);
    if (given !== this._liveBaggage) {
      this._absorbed = given;
      attach(propagation.setBaggage(active, this._liveBaggage));
    }
  }
}

/** What spans of an SDK can be asked beside what the API says. */
interface SdkSpan extends OtelSpan {
  readonly kind?: SpanKind;
  readonly parentSpanContext?: OtelSpanContext;
  /** Before version 2. */
  readonly parentSpanId?: string;
}

/** @internal Of a span of this package the one of OpenTelemetry; told by its shape, as copies differ. */
export function otelSpanOf(span: Span): OtelSpan | undefined {
  return (span as Partial<OpenTelemetrySpan>)._otelSpan;
}

const WRAPPER = Symbol.for('opentracing-ts/v1 span of OpenTracing');

/** A property of the span: a WeakMap of all of them makes up a third of the time of a span. */
interface WrappedSpan {
  [WRAPPER]?: OpenTelemetrySpan;
}

/** @internal The span that stands for one of OpenTelemetry, if there is one. */
export function wrapperOf(otelSpan: OtelSpan): OpenTelemetrySpan | undefined {
  return (otelSpan as WrappedSpan)[WRAPPER];
}

/** @internal Makes it the one that stands for its span of OpenTelemetry. */
export function remember(span: OpenTelemetrySpan): void {
  try {
    (span._otelSpan as WrappedSpan)[WRAPPER] = span;
  } catch {
    // One that is frozen gets another each time it is asked for.
  }
}
