import {
  type ContextManager,
  context,
  propagation,
  SpanStatusCode,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import type { Span } from 'opentracing-ts';
import type { RecordedSpan } from 'opentracing-ts/harness';
import type { OpenTelemetrySpan } from 'opentracing-ts/opentelemetry';

export interface SdkOptions {
  contextManager?: ContextManager | null;
  propagator?: TextMapPropagator | null;
  sampler?: Sampler;
  processors?: SpanProcessor[];
}

/** What a program with an OpenTelemetry SDK sets up, in the place of what was set up before. */
export function setUpSdk({
  contextManager = new AsyncLocalStorageContextManager().enable(),
  propagator = new CompositePropagator({
    propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
  }),
  sampler,
  processors = [],
}: SdkOptions = {}) {
  takeDownSdk();
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [...processors, new SimpleSpanProcessor(exporter)],
  });
  trace.setGlobalTracerProvider(provider);
  if (contextManager) {
    context.setGlobalContextManager(contextManager);
  }
  if (propagator) {
    propagation.setGlobalPropagator(propagator);
  }
  return {
    provider,
    /** The finished spans, the earliest first. */
    spans: () => exporter.getFinishedSpans(),
    /** The one finished span of that name. */
    spanNamed(name: string): ReadableSpan {
      const [span, ...others] = exporter.getFinishedSpans().filter((one) => one.name === name);
      if (span === undefined || others.length > 0) {
        throw new Error(
          `There are ${others.length + (span ? 1 : 0)} finished spans named ${name}.`,
        );
      }
      return span;
    },
  };
}

export function takeDownSdk(): void {
  for (const api of [context, trace, propagation]) {
    api.disable();
  }
}

/** The span as the SDK has it. */
export function sdkSpan(span: Span): ReadableSpan {
  return (span as OpenTelemetrySpan).unwrap() as unknown as ReadableSpan;
}

/** What the SDK has recorded, in the terms of OpenTracing. */
export function recordedSpan(span: Span): RecordedSpan {
  const { name, startTime, duration, attributes, events, status, parentSpanContext } =
    sdkSpan(span);
  const isError = status.code === SpanStatusCode.ERROR;
  return {
    operationName: name,
    startTime: milliseconds(startTime),
    duration: milliseconds(duration),
    tags: { ...attributes, ...(isError && { error: true }) },
    logs: events.map((event) => ({
      timestamp: milliseconds(event.time),
      fields: { event: event.name, ...event.attributes },
    })),
    parentId: parentSpanContext?.spanId ?? null,
  };
}

function milliseconds([seconds, nanos]: readonly [number, number]): number {
  return seconds * 1e3 + nanos / 1e6;
}
