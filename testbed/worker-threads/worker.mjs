// The other thread: it has a tracer of its own, and knows of the span that asks by the carrier alone.
import { parentPort } from 'node:worker_threads';
import { FORMAT_TEXT_MAP } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';

const tracer = new MockTracer();

parentPort?.on('message', (/** @type {import('./messages.js').Job} */ { id, words, carrier }) => {
  const parent = tracer.extract(FORMAT_TEXT_MAP, carrier);
  tracer.withActiveSpan('sort', { childOf: parent }, (span) => {
    /** @type {import('./messages.js').Answer} */
    const answer = {
      id,
      words: words.toSorted(),
      // For the test. A tracer that is not a mock sends its spans to the collector by itself.
      span: {
        operationName: 'sort',
        traceId: span.context().toTraceId(),
        parentId: parent?.toSpanId() ?? null,
        customer: span.getBaggageItem('customer'),
      },
    };
    parentPort?.postMessage(answer);
  });
});
