import { deepStrictEqual } from 'node:assert/strict';

/**
 * What a Zipkin server has to answer of a recorded trace.
 *
 * @param {import('./record.mjs').Recorded} recorded
 * @returns {Record<string, unknown>[]}
 */
export function expectedTrace({ scenario, at, spans, traceId }) {
  const idOf = (/** @type {number} */ index) => spans[index]?.context().toSpanId();
  return sorted(
    scenario.steps.map((step, index) => {
      const { annotations, ...zipkin } = step.zipkin;
      // Who joins a span has its parent too.
      const parent = step.joins ? scenario.steps[Number(step.parent)]?.parent : step.parent;
      return withoutAbsent({
        traceId,
        parentId: parent === undefined ? undefined : idOf(parent),
        id: step.joins ? idOf(Number(step.parent)) : idOf(index),
        kind: zipkin.kind,
        name: zipkin.name ?? step.name,
        timestamp: at * 1000 + step.start,
        duration: Math.max(1, step.duration),
        debug: scenario.debug || undefined,
        shared: step.joins,
        localEndpoint: { serviceName: zipkin.service ?? step.service },
        remoteEndpoint: zipkin.remoteEndpoint,
        annotations: annotations?.map(({ at: time, value }) => ({
          timestamp: at * 1000 + time,
          value,
        })),
        tags: zipkin.tags,
      });
    }),
  );
}

/**
 * Compares a trace from a Zipkin server with what it has to be, whatever the order of the spans.
 *
 * @param {Record<string, unknown>[]} answer
 * @param {Record<string, unknown>[]} expected
 */
export function compareTraces(answer, expected) {
  deepStrictEqual(sorted(answer), expected);
}

/**
 * @template {Record<string, unknown>} S
 * @param {S[]} spans
 * @returns {S[]}
 */
function sorted(spans) {
  const key = (/** @type {S} */ { id, shared }) => `${id} ${shared ?? false}`;
  return [...spans].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}

/** @param {Record<string, unknown>} span */
function withoutAbsent(span) {
  return Object.fromEntries(Object.entries(span).filter(([, value]) => value !== undefined));
}
