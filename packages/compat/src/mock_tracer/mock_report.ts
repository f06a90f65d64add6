import { es5Class } from '../es5_class.js';
import type { DebugInfo, MockSpan } from './mock_span.js';

class MockReportBase {
  /** All spans in the order in which they were started. */
  spans!: MockSpan[];
  /** The spans by their ids. */
  spansByUUID!: { [uuid: string]: MockSpan };
  /** The spans by tag and value. */
  spansByTag!: { [tag: string]: { [value: string]: MockSpan[] } };
  /** All spans as `debug()` shows them. */
  debugSpans!: DebugInfo[];
  /** The spans that have not finished. */
  unfinishedSpans!: MockSpan[];

  /** The first span with that value of a tag; `null` where there is none. */
  firstSpanWithTagValue(key: string, value: unknown): MockSpan | null {
    return this.spansByTag[key]?.[String(value)]?.[0] ?? null;
  }
}

/** The spans of a {@link MockTracer}, as tests look for them. */
export interface MockReport extends MockReportBase {}

/** What a mock tracer has recorded. */
export const MockReport = es5Class(MockReportBase, (self, spans: MockSpan[]) => {
  self.spans = spans;
  self.spansByUUID = {};
  self.spansByTag = {};
  self.debugSpans = [];
  self.unfinishedSpans = [];
  for (const span of spans) {
    if (span._finishMs === 0) {
      self.unfinishedSpans.push(span);
    }
    self.spansByUUID[span.uuid()] = span;
    self.debugSpans.push(span.debug());
    for (const [key, value] of Object.entries(span.tags())) {
      self.spansByTag[key] ??= {};
      self.spansByTag[key][String(value)] ??= [];
      self.spansByTag[key][String(value)]?.push(span);
    }
  }
});

export default MockReport;
