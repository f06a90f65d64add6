import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { spansOf } from '../otlp-answers.mjs';
import { checkOtlp } from '../otlp-checks.mjs';
import { CACHE, retry } from '../support/cache.mjs';
import { buildGo, requireGo } from '../support/go.mjs';
import { serving } from '../support/http.mjs';
import { freePorts } from '../support/ports.mjs';
import { withServer } from '../support/programs.mjs';

const folder = fileURLToPath(new URL('../collector', import.meta.url));

/** @type {import('../report.mjs').System} It passes on what it took, to a server of ours. */
export const collector = {
  name: 'OpenTelemetry Collector',
  slow: true,
  async run(report) {
    await requireGo();
    const program = `${CACHE}/collector`;
    await retry(() => buildGo(folder, '.', program));
    const module = readFileSync(`${folder}/go.mod`, 'utf8');
    report.version = /collector\/otelcol v(\S+)/.exec(module)?.[1] ?? '';

    /** @type {import('../otlp-answers.mjs').OtlpSpan[]} */
    const received = [];
    const take = (/** @type {unknown} */ _request, /** @type {Buffer} */ body) => {
      received.push(...spansOf(JSON.parse(body.toString())));
      return {};
    };
    await serving(take, async (sink) => {
      const [port = 0] = await freePorts(1);
      const server = {
        file: program,
        args: [`--config=yaml:${JSON.stringify(configuration(port, sink))}`],
        ready: /Everything is ready/,
      };
      await withServer(server, () =>
        checkOtlp(report, `http://127.0.0.1:${port}/v1/traces`, async (traceId) =>
          received.filter((span) => span.traceId === traceId),
        ),
      );
    });
  },
};

/**
 * @param {number} port where it takes OTLP
 * @param {string} sink where it sends it
 */
function configuration(port, sink) {
  return {
    service: {
      pipelines: { traces: { receivers: ['otlp'], exporters: ['otlphttp'] } },
      telemetry: { metrics: { level: 'none' } },
    },
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${port}` } } } },
    exporters: { otlphttp: { endpoint: sink, encoding: 'json', compression: 'none' } },
  };
}
