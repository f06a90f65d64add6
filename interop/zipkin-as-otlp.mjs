import { deepStrictEqual } from 'node:assert/strict';
import { expectedSpans, inOrder, traceOf } from './otlp-answers.mjs';
import { record } from './record.mjs';
import { shop } from './scenario.mjs';
import { sendZipkin, ZIPKIN_FORMATS } from './zipkin-checks.mjs';

/**
 * Sends Zipkin's formats to a system that makes OTLP of them.
 *
 * @param {import('./report.mjs').Report} report
 * @param {string} url of its Zipkin receiver
 * @param {import('./otlp-answers.mjs').Ask} ask
 */
export async function checkZipkinAsOtlp(report, url, ask) {
  for (const format of ZIPKIN_FORMATS) {
    await report.check(format.name, async () => {
      const recorded = record(shop, Date.now() - 1000);
      await sendZipkin(url, format, [recorded]);
      const answer = await traceOf(recorded, ask);
      deepStrictEqual(inOrder(answer).map(withoutDetails), expectedOf(recorded));
    });
  }
}

/**
 * Zipkin has no kind for what is internal.
 *
 * @param {import('./record.mjs').Recorded} recorded
 */
function expectedOf(recorded) {
  return inOrder(expectedSpans(recorded))
    .map(withoutDetails)
    .map((span) => ({ ...span, kind: span.kind === 1 ? 0 : span.kind }));
}

/**
 * What becomes of tags, annotations and errors is that system's own affair.
 *
 * @param {import('./otlp-answers.mjs').OtlpSpan} span
 */
function withoutDetails({ attributes: _1, events: _2, status: _3, links: _4, ...span }) {
  return span;
}
