import {
  type Context,
  type Exception,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Link,
  type Span as OtelSpan,
  type SpanContext as OtelSpanContext,
  type SpanAttributes,
  type SpanAttributeValue,
  type SpanStatus,
  SpanStatusCode,
  type TimeInput,
  TraceFlags,
} from '@opentelemetry/api';
import { describeError } from '../describe-error.js';
import { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { tagOfAttribute, tagValue } from './attribute-tags.js';
import { otelContextOf } from './span-contexts.js';
import { isTimeInput, millisecondsOf } from './time-input.js';

/** The tag for what a status says beside its code; of OpenTelemetry's mapping to other formats. */
const STATUS_DESCRIPTION = 'otel.status_description';

/** The context that a span of OpenTracing, opened in another context, makes of that. */
interface ContextOfSpan {
  readonly outer: Context;
  readonly spanContext: SpanContext;
  readonly context: Context;
}

/** A span of OpenTracing as OpenTelemetry's users see it. What the tracer throws ends in `report`. */
export class BridgeSpan implements OtelSpan {
  /** @internal Told by its name: another copy of this package may have made the span. */
  readonly _openTracingSpan: Span;
  /** @internal */
  readonly _spanContext: OtelSpanContext;
  /** @internal */
  readonly _isServer: boolean;
  /** @internal */
  readonly _report: (error: unknown) => void;
  /** @internal */
  _hasEnded = false;
  /** @internal */
  _status = SpanStatusCode.UNSET;
  /** @internal What the context manager last made of a context, with this span in it. */
  _contextOfSpan: ContextOfSpan | null = null;

  constructor(span: Span, isServer: boolean, report: (error: unknown) => void) {
    this._openTracingSpan = span;
    this._spanContext = otelContextOf(span.context(), false);
    this._isServer = isServer;
    this._report = report;
  }

  spanContext(): OtelSpanContext {
    return this._spanContext;
  }

  isRecording(): boolean {
    return (
      !this._hasEnded &&
      (this._spanContext.traceFlags & TraceFlags.SAMPLED) !== 0 &&
      // Not what a scope manager keeps of a finished span, which is no more than a parent.
      this._openTracingSpan.setTag !== Span.prototype.setTag
    );
  }

  setAttribute(key: string, value: SpanAttributeValue): this {
    if (!this._hasEnded) {
      try {
        this._setAttribute(this._openTracingSpan, key, value);
      } catch (error) {
        this._report(error);
      }
    }
    return this;
  }

  setAttributes(attributes: SpanAttributes): this {
    return this._change((span) => {
      for (const key of Object.keys(attributes ?? {})) {
        this._setAttribute(span, key, attributes[key]);
      }
    });
  }

  addEvent(name: string, attributesOrTime?: SpanAttributes | TimeInput, time?: TimeInput): this {
    const [attributes, at] = isTimeInput(attributesOrTime)
      ? [undefined, attributesOrTime]
      : [attributesOrTime, time];
    return this._change((span) => span.log({ ...attributes, event: name }, millisecondsOf(at)));
  }

  /** References are made at the start, so a link that comes later is a log. */
  addLink(link: Link): this {
    return this.addLinks([link]);
  }

  addLinks(links: Link[]): this {
    return this._change((span) => {
      for (const link of links ?? []) {
        if (link) {
          span.log(linkFields(link));
        }
      }
    });
  }

  /** `OK` is final, as OpenTelemetry's specification says; `UNSET` changes nothing. */
  setStatus(status: SpanStatus): this {
    const { code = SpanStatusCode.UNSET, message } = status ?? {};
    if (code === SpanStatusCode.UNSET || this._status === SpanStatusCode.OK) {
      return this;
    }
    return this._change((span) => {
      if (code === SpanStatusCode.ERROR || this._status === SpanStatusCode.ERROR) {
        span.setTag('error', code === SpanStatusCode.ERROR);
      }
      if (code === SpanStatusCode.ERROR && message) {
        span.setTag(STATUS_DESCRIPTION, message);
      }
      this._status = code;
    });
  }

  updateName(name: string): this {
    return this._change((span) => span.setOperationName(name));
  }

  /** The fields of `Span.logError`; whether the span has failed is for its status to say. */
  recordException(exception: Exception, time?: TimeInput): void {
    this._change((span) => span.log(describeError(exception), millisecondsOf(time)));
  }

  end(endTime?: TimeInput): void {
    this._change((span) => {
      this._hasEnded = true;
      span.finish(millisecondsOf(endTime));
    });
  }

  /** @internal */
  _setAttribute(span: Span, key: string, value: SpanAttributeValue | undefined): void {
    if (value !== null && value !== undefined) {
      span.setTag(tagOfAttribute(key, value, this._isServer), tagValue(value));
    }
  }

  /** @internal */
  _change(change: (span: Span) => void): this {
    if (!this._hasEnded) {
      try {
        change(this._openTracingSpan);
      } catch (error) {
        this._report(error);
      }
    }
    return this;
  }
}

/** @internal The fields of the log that stands for a link which is no reference. */
export function linkFields({ context, attributes }: Link): Record<string, unknown> {
  const { traceId, spanId } = context;
  return { ...attributes, event: 'link', 'link.trace_id': traceId, 'link.span_id': spanId };
}

/** @internal Whether a span has ids, so that others can be its children. */
export function isValid(span: OtelSpan): boolean {
  const context = span.spanContext();
  return span instanceof BridgeSpan
    ? context !== INVALID_SPAN_CONTEXT
    : isSpanContextValid(context);
}
