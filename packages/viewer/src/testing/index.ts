/**
 * The collector inside a test run: spans of the program under test to assert on, and a link to the trace of
 * each test that failed.
 *
 * @module
 */
export type { Annotation, Endpoint, Span, SpanKind } from '../model/span.js';
export {
  startTestCollector,
  type TestCollector,
  type TestCollectorOptions,
  type TracesOptions,
} from './test-collector.js';
