import { deepStrictEqual } from 'node:assert/strict';
import { OtlpExporter } from 'opentracing-ts/exporters';
import { expectedSpans, inOrder, traceOf } from './otlp-answers.mjs';
import { byService, record } from './record.mjs';
import { scenarios } from './scenario.mjs';
import { posting } from './support/http.mjs';

const FORMATS = /** @type {const} */ ([
  { name: 'OTLP protobuf', encoding: 'protobuf', gzip: false },
  { name: 'OTLP protobuf, gzip', encoding: 'protobuf', gzip: true },
  { name: 'OTLP JSON', encoding: 'json', gzip: false },
  { name: 'OTLP JSON, gzip', encoding: 'json', gzip: true },
]);

/**
 * Sends the scenarios in every form of OTLP, and compares what the system answers or passes on.
 *
 * @param {import('./report.mjs').Report} report
 * @param {string} url of its OTLP receiver
 * @param {import('./otlp-answers.mjs').Ask} ask
 */
export async function checkOtlp(report, url, ask) {
  for (const { name, encoding, gzip } of FORMATS) {
    await report.check(name, async () => {
      // A span that two services share is Zipkin's alone.
      const recorded = scenarios
        .filter(({ joinSpans }) => !joinSpans)
        .map((scenario) => record(scenario, Date.now() - 1000));
      for (const [serviceName, spans] of byService(recorded)) {
        const transport = posting(url, gzip);
        await new OtlpExporter({ serviceName, encoding, transport }).export(spans);
      }
      for (const one of recorded) {
        deepStrictEqual(inOrder(await traceOf(one, ask)), inOrder(expectedSpans(one)));
      }
    });
  }
}
