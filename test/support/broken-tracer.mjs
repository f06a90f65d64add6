// A tracer that is wrong in one way, for `npm run conformance -- --implementations`.
import { MockTracer } from 'opentracing-ts/mocktracer';

class Orphaning extends MockTracer {
  /**
   * @override
   * @param {string} operationName
   * @param {import('opentracing-ts').SpanOptions | null} [options]
   */
  startSpan(operationName, options) {
    return super.startSpan(operationName, { ...options, ignoreActiveSpan: true });
  }
}

/** @type {import('../../packages/opentracing/test/implementations.mjs').TracerEntry[]} */
export const tracers = [
  { name: 'Orphaning', create: (scopeManager) => new Orphaning(scopeManager), options: {} },
];
