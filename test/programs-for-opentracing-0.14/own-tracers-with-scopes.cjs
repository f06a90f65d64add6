// What a program gains whose tracer extends the one of opentracing: it has the methods of scopes.
const core = require('@instana/core');
const lightstep = require('lightstep-tracer');
const opentracing = require('opentracing');

const lightstepTracer = new lightstep.Tracer({
  access_token: 'any',
  component_name: 'any',
  disable_reporting_loop: true,
  disable_report_on_exit: true,
});
const instanaTracer = core.tracing.opentracing.createTracer();

/** Starts spans under active ones and tells of each its parent, by `ids`: its own and its parent's. */
async function parents(tracer, ids) {
  opentracing.initGlobalTracer(tracer);
  const global = opentracing.globalTracer();
  const spans = {};
  const scope = global.startActiveSpan('outer');
  spans.outer = scope.span;
  spans.inner = global.startSpan('inner');
  await tracer.withActiveSpan('middle', async (middle) => {
    spans.middle = middle;
    await null;
    spans.innermost = global.startSpan('innermost');
  });
  spans.root = tracer.startSpan('root', { ignoreActiveSpan: true });
  scope.close();
  spans.after = tracer.startSpan('after');
  const told = Object.entries(spans).map(([name, span]) => [name, ids(span)]);
  const nameOf = (id) => told.find(([, { own }]) => own === id)?.[0] ?? null;
  return Object.fromEntries(told.map(([name, { parent }]) => [name, nameOf(parent)]));
}

async function main() {
  const told = {
    lightstep: await parents(lightstepTracer, (span) => ({
      own: span.guid(),
      parent: span.parentGUID(),
    })),
    instana: await parents(instanaTracer, ({ span }) => ({ own: span.s, parent: span.p })),
  };
  console.log(JSON.stringify(told));
}

main();
