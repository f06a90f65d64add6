import { deepStrictEqual } from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { spansOf } from '../otlp-answers.mjs';
import { checkOtlp } from '../otlp-checks.mjs';
import { CACHE, retry } from '../support/cache.mjs';
import { buildGo, requireGo } from '../support/go.mjs';
import { getJson } from '../support/http.mjs';
import { freePorts } from '../support/ports.mjs';
import { run, withServer } from '../support/programs.mjs';
import { checkZipkinAsOtlp } from '../zipkin-as-otlp.mjs';

// The version of the module is that of Jaeger 1, from which Jaeger 2 is built too.
const VERSION = '2.13.0';
const MODULE = 'github.com/jaegertracing/jaeger@v1.76.0';
const SUM = 'h1:sWCOOF1dr+NL0PLil7mFo3BqqQL8k4WiM7aguFbc14g=';

/** @type {import('../report.mjs').System} */
export const jaeger = {
  name: 'Jaeger',
  slow: true,
  async run(report) {
    await requireGo();
    const program = await build();
    const [api = 0, grpc = 0, otlp = 0, zipkin = 0] = await freePorts(4);
    const server = {
      file: program,
      args: [`--config=yaml:${JSON.stringify(configuration({ api, grpc, otlp, zipkin }))}`],
      ready: /Everything is ready/,
    };
    report.version = VERSION;
    await withServer(server, async () => {
      const ask = async (/** @type {string} */ traceId) => {
        const { result } = await getJson(`http://127.0.0.1:${api}/api/v3/traces/${traceId}`);
        return spansOf(result).map(withoutWarnings);
      };
      await checkOtlp(report, `http://127.0.0.1:${otlp}/v1/traces`, ask);
      await checkZipkinAsOtlp(report, `http://127.0.0.1:${zipkin}/api/v2/spans`, ask);
    });
  },
};

/**
 * What Jaeger remarks stands among the attributes: that a span takes no time, for one.
 *
 * @param {import('../otlp-answers.mjs').OtlpSpan} span
 */
function withoutWarnings({ attributes, ...span }) {
  const { '@jaeger@warnings': _, ...own } = attributes;
  return { ...span, attributes: own };
}

/** @param {{ api: number, grpc: number, otlp: number, zipkin: number }} ports */
function configuration({ api, grpc, otlp, zipkin }) {
  const listen = (/** @type {number} */ port) => ({ endpoint: `127.0.0.1:${port}` });
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: {
        traces: { receivers: ['otlp', 'zipkin'], exporters: ['jaeger_storage_exporter'] },
      },
      telemetry: { metrics: { level: 'none' } },
    },
    extensions: {
      jaeger_query: { storage: { traces: 'memory' }, http: listen(api), grpc: listen(grpc) },
      jaeger_storage: { backends: { memory: { memory: { max_traces: 1000 } } } },
    },
    receivers: { otlp: { protocols: { http: listen(otlp) } }, zipkin: listen(zipkin) },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}

/** Jaeger comes from its module as it is, with the sums of everything that it needs. */
async function build() {
  const output = `${CACHE}/jaeger-${VERSION}`;
  if (existsSync(output)) return output;
  const answer = await retry(() => run('go', ['mod', 'download', '-json', MODULE]));
  const { Dir, Sum } = JSON.parse(answer);
  deepStrictEqual(Sum, SUM);
  await retry(() => buildGo(Dir, './cmd/jaeger', output));
  return output;
}
