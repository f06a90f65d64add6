// The peers, each with a parent span and set up so that its finished spans go to `take`, one by one,
// rather than over the network. Each resolves with the work of one span: a child of the parent with five
// tags and one log, finished.
import { openTelemetryTracer } from './open-telemetry.mjs';

const PARENT_NAME = 'parent';
const NAME = 'query';

/** @typedef {{ take?: (span?: unknown) => void, isSampled?: boolean }} Setup */

/** Whatever is written for the interface of OpenTracing. */
export function openTracingWork(tracer) {
  const parent = tracer.startSpan(PARENT_NAME);
  return () => {
    const span = tracer.startSpan(NAME, { childOf: parent });
    span.setTag('component', 'pg');
    span.setTag('db.type', 'sql');
    span.setTag('db.instance', 'shop');
    span.setTag('rows', 3);
    span.setTag('ok', true);
    span.log({ event: 'fetched' });
    span.finish();
  };
}

/** @param {Setup} [setup] */
export async function jaegerWork({ take = () => {}, isSampled = true } = {}) {
  const { default: jaeger } = await import('jaeger-client');
  const reporter = {
    report: take,
    close: (done) => done?.(),
    setProcess() {},
    name: 'count',
  };
  return openTracingWork(new jaeger.Tracer('bench', reporter, new jaeger.ConstSampler(isSampled)));
}

/**
 * Its exporter gets the spans as objects, formatted on the path of the request, as always.
 *
 * @param {Setup} [setup]
 */
export async function datadogWork({ take = () => {} } = {}) {
  Object.assign(process.env, {
    DD_INSTRUMENTATION_TELEMETRY_ENABLED: 'false',
    DD_REMOTE_CONFIGURATION_ENABLED: 'false',
    DD_CRASHTRACKING_ENABLED: 'false',
  });
  const { default: datadog } = await import('dd-trace');
  const tracer = datadog.init({ plugins: false, startupLogs: false, service: 'bench' });
  // Private: there is no public way to another exporter than that of the agent.
  const processor = /** @type {any} */ (tracer)._tracer._processor;
  processor._exporter = { export: (spans) => spans.forEach(take) };
  return openTracingWork(tracer);
}

/** With its batch processor unless there is `take`. @param {Setup} [setup] */
export async function openTelemetryWork({ take, isSampled = true } = {}) {
  const { trace, context } = await import('@opentelemetry/api');
  const tracer = await openTelemetryTracer({ take, isSampled });
  const parent = trace.setSpan(context.active(), tracer.startSpan(PARENT_NAME));
  return () => {
    const span = tracer.startSpan(NAME, undefined, parent);
    span.setAttribute('component', 'pg');
    span.setAttribute('db.type', 'sql');
    span.setAttribute('db.instance', 'shop');
    span.setAttribute('rows', 3);
    span.setAttribute('ok', true);
    span.addEvent('fetched');
    span.end();
  };
}

/** OpenTelemetry with its batch processor behind OpenTracing's interface. */
export async function shimWork() {
  const { TracerShim } = await import('@opentelemetry/shim-opentracing');
  return openTracingWork(new TracerShim(await openTelemetryTracer()));
}

/** @param {Setup} [setup] */
export async function zipkinOpenTracingWork({ take = () => {} } = {}) {
  const { default: Tracer } = await import('zipkin-javascript-opentracing');
  const { BatchRecorder } = await import('zipkin');
  const recorder = new BatchRecorder({ logger: { logSpan: take } });
  return openTracingWork(new Tracer({ serviceName: 'bench', recorder, kind: 'local' }));
}

/**
 * By its own interface, with the context that is passed by hand, which costs least.
 *
 * @param {Setup} [setup]
 */
export async function zipkinWork({ take = () => {} } = {}) {
  const { Tracer, BatchRecorder, ExplicitContext, Annotation } = await import('zipkin');
  const tracer = new Tracer({
    ctxImpl: new ExplicitContext(),
    recorder: new BatchRecorder({ logger: { logSpan: take } }),
    localServiceName: 'bench',
  });
  tracer.setId(tracer.createRootId());
  return () => {
    tracer.scoped(() => {
      tracer.setId(tracer.createChildId());
      tracer.recordServiceName('bench');
      tracer.recordAnnotation(new Annotation.LocalOperationStart(NAME));
      tracer.recordBinary('component', 'pg');
      tracer.recordBinary('db.type', 'sql');
      tracer.recordBinary('db.instance', 'shop');
      tracer.recordBinary('rows', 3);
      tracer.recordBinary('ok', true);
      tracer.recordMessage('fetched');
      tracer.recordAnnotation(new Annotation.LocalOperationStop());
    });
  };
}

/** It keeps its spans itself; every thousand of them are thrown away unless `isKeeping`. */
export async function mockWork({ isKeeping = false } = {}) {
  const { default: opentracing } = await import('opentracing');
  const tracer = new opentracing.MockTracer();
  return everyThousand(openTracingWork(tracer), () => isKeeping || tracer.clear());
}

/** In memory: its reports are taken away before they are sent, every thousand spans. */
export async function lightstepWork({ isKeeping = false } = {}) {
  const { default: lightstep } = await import('lightstep-tracer');
  const tracer = new lightstep.Tracer({
    access_token: 'any',
    component_name: 'bench',
    disable_reporting_loop: true,
    disable_report_on_exit: true,
    max_span_records: 1_000_000,
    disable_clock_skew_correction: true,
    verbosity: 0,
  });
  return everyThousand(openTracingWork(tracer), () => {
    if (!isKeeping) {
      /** @type {any} */ (tracer)._spanRecords = [];
    }
  });
}

function everyThousand(work, then) {
  let count = 0;
  return () => {
    work();
    if (++count % 1000 === 0) {
      then();
    }
  };
}
