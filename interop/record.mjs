import { childOf, FORMAT_HTTP_HEADERS, followsFrom } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';

/**
 * @typedef {import('opentracing-ts/basictracer').BasicSpan} BasicSpan
 * @typedef {import('./scenario.mjs').Scenario} Scenario
 * @typedef {import('./scenario.mjs').Step} Step
 */

/**
 * @typedef {object} Recorded
 * @property {Scenario} scenario
 * @property {number} at when it began, in milliseconds since the Unix epoch
 * @property {BasicSpan[]} spans one for each step, in its order
 * @property {string} traceId
 */

/**
 * Records a scenario: every service has a tracer of its own, and the context goes from one to the other
 * by B3 headers.
 *
 * @param {Scenario} scenario
 * @param {number} at when it begins, in milliseconds since the Unix epoch
 * @returns {Recorded}
 */
export function record(scenario, at) {
  const { traceId128, joinSpans, steps } = scenario;
  /** @type {Map<string, BasicTracer>} */
  const tracers = new Map();
  for (const { service } of steps) {
    tracers.set(
      service,
      new BasicTracer({
        recorder: new InMemoryRecorder(),
        traceId128,
        joinSpans,
        propagation: ['b3multi'],
      }),
    );
  }
  /** @type {BasicSpan[]} */
  const spans = [];
  for (const step of steps) {
    const tracer = /** @type {BasicTracer} */ (tracers.get(step.service));
    const span = tracer.startSpan(step.name, {
      references: referencesOf(step, tracer, scenario, spans),
      startTime: at + step.start / 1000,
      tags: step.tags ?? {},
    });
    for (const { at: time, fields } of step.logs ?? []) span.log(fields, at + time / 1000);
    span.finish(at + (step.start + step.duration) / 1000);
    spans.push(span);
  }
  return {
    scenario,
    at,
    spans,
    traceId: /** @type {BasicSpan} */ (spans[0]).context().toTraceId(),
  };
}

/**
 * @param {Step} step
 * @param {BasicTracer} tracer
 * @param {Scenario} scenario
 * @param {BasicSpan[]} spans
 */
function referencesOf(step, tracer, scenario, spans) {
  const parent = parentOf(step, tracer, scenario, spans);
  const other = step.follows === undefined ? undefined : spans[step.follows];
  return [parent && childOf(parent), other ? followsFrom(other) : null];
}

/**
 * @param {Step} step
 * @param {BasicTracer} tracer
 * @param {Scenario} scenario
 * @param {BasicSpan[]} spans
 */
function parentOf({ parent, service }, tracer, { debug, steps }, spans) {
  if (parent === undefined) {
    return debug ? tracer.extract(FORMAT_HTTP_HEADERS, { 'X-B3-Flags': '1' }) : null;
  }
  const span = /** @type {BasicSpan} */ (spans[parent]);
  if (steps[parent]?.service === service) return span;
  /** @type {Record<string, string>} */
  const headers = {};
  span.tracer().inject(span, FORMAT_HTTP_HEADERS, headers);
  return tracer.extract(FORMAT_HTTP_HEADERS, headers);
}

/**
 * The spans of each service apart, as its tracer would send them.
 *
 * @param {readonly Recorded[]} recorded
 * @returns {Map<string, BasicSpan[]>} by the name of the service
 */
export function byService(recorded) {
  /** @type {Map<string, BasicSpan[]>} */
  const services = new Map();
  for (const { scenario, spans } of recorded) {
    scenario.steps.forEach(({ service }, index) => {
      const own = services.get(service) ?? [];
      own.push(/** @type {BasicSpan} */ (spans[index]));
      services.set(service, own);
    });
  }
  return services;
}
