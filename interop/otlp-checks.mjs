import { deepStrictEqual } from 'node:assert/strict';
import { ZipkinExporter } from 'opentracing-ts/exporters';
import { expectedSpans, inOrder } from './otlp-answers.mjs';
import { byService, record } from './record.mjs';
import { shop } from './scenario.mjs';
import { eventually, posting } from './support/http.mjs';

/**
 * Asks a system for a trace.
 *
 * @callback Ask
 * @param {string} traceId
 * @returns {Promise<import('./otlp-answers.mjs').OtlpSpan[]>}
 */

/**
 * Sends Zipkin's format to a system that makes OTLP of it.
 *
 * @param {string} url of its Zipkin receiver
 * @param {Ask} ask
 */
export async function checkZipkinAsOtlp(url, ask) {
  const recorded = record(shop, Date.now() - 1000);
  for (const [serviceName, spans] of byService([recorded])) {
    await new ZipkinExporter({ serviceName, transport: posting(url, true) }).export(spans);
  }
  const answer = await eventually(
    () => ask(recorded.traceId),
    ({ length }) => length === recorded.spans.length,
  );
  deepStrictEqual(
    inOrder(answer).map(({ attributes: _1, events: _2, status: _3, links: _4, ...span }) => span),
    // Zipkin has no kind for what is internal.
    inOrder(expectedSpans(recorded)).map((span) => ({
      ...span,
      kind: span.kind === 1 ? 0 : span.kind,
    })),
  );
}
