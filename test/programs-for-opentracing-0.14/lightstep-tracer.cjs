// A job that is handed over from one worker to the next, traced as the README of lightstep-tracer has
// it, and a collector that takes the reports.
const { once } = require('node:events');
const http = require('node:http');
const { text } = require('node:stream/consumers');
const { createGunzip } = require('node:zlib');
const lightstep = require('lightstep-tracer');
const opentracing = require('opentracing');
const { printSpans } = require('./print-spans.cjs');

const records = [];
const collector = http.createServer(async (request, response) => {
  const report = JSON.parse(await text(request.pipe(createGunzip())));
  records.push(...report.span_records);
  response.end('{}');
});

async function main() {
  collector.listen(0, '127.0.0.1');
  await once(collector, 'listening');
  const lightstepTracer = new lightstep.Tracer({
    access_token: 'any',
    component_name: 'worker',
    collector_host: '127.0.0.1',
    collector_port: collector.address().port,
    collector_encryption: 'none',
    // As JSON.
    transport: 'thrift',
    disable_reporting_loop: true,
    disable_report_on_exit: true,
    default_span_tags: { deployment: 'test' },
  });
  const errors = [];
  lightstepTracer.on('report_error', (error) => errors.push(`${error}`));
  opentracing.initGlobalTracer(lightstepTracer);

  const handedOver = work();
  await new Promise((resolve) => lightstepTracer.flush(resolve));
  collector.close();
  printSpans(
    records.map((record) => {
      const { parent_span_guid: parentId, ...tags } = asObject(record.attributes);
      return {
        name: record.span_name,
        traceId: record.trace_guid,
        id: record.span_guid,
        parentId,
        took: record.youngest_micros - record.oldest_micros,
        tags,
        logs: (record.log_records ?? []).map(({ fields }) => asObject(fields)),
      };
    }),
    { ...handedOver, errors, isATracer: lightstepTracer instanceof opentracing.Tracer },
  );
}

function work() {
  const tracer = opentracing.globalTracer();
  const at = 1_600_000_000_000;
  const job = tracer.startSpan('job', {
    startTime: at,
    tags: { [opentracing.Tags.COMPONENT]: 'queue' },
  });
  job.setBaggageItem('tenant', 'a');
  const step = opentracing
    .globalTracer()
    .startSpan('step', { childOf: job.context(), startTime: at });
  step.addTags({ attempt: 1 }).setTag(opentracing.Tags.ERROR, true);
  step.log({ event: 'error', message: 'too slow' }, at + 5);
  step.finish(at + 20);

  const message = {};
  tracer.inject(job, opentracing.FORMAT_TEXT_MAP, message);
  const context = tracer.extract(opentracing.FORMAT_TEXT_MAP, message);
  const next = tracer.startSpan('next', {
    references: [opentracing.followsFrom(context)],
    startTime: at + 30,
  });
  next.setOperationName('next job');
  const tenant = next.getBaggageItem('tenant');
  next.finish(at + 40);
  job.finish(at + 50);
  job.finish(at + 60);
  return {
    tenant,
    injected: Object.keys(message).sort(),
    nothing: tracer.extract(opentracing.FORMAT_HTTP_HEADERS, {}),
  };
}

/** The pairs of LightStep's wire format as an object. */
function asObject(pairs) {
  return Object.fromEntries(pairs.map(({ Key, Value }) => [Key, Value]));
}

main();
