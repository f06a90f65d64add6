// Tracers that are wrong in one way each, for `npm run conformance -- --implementations`.
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

class Endless extends MockTracer {
  /**
   * @override
   * @returns {Promise<void>}
   */
  flush() {
    return new Promise(() => {});
  }
}

/** @type {import('../../packages/opentracing/test/implementations.mjs').TracerEntry[]} */
export const tracers = [
  { name: 'Orphaning', create: (scopeManager) => new Orphaning(scopeManager), options: {} },
  { name: 'Endless', create: (scopeManager) => new Endless(scopeManager), options: {} },
];
