import { es5Class } from '../es5_class.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import type { MockContext } from './mock_context.js';
import { MockReport } from './mock_report.js';
import { MockSpan } from './mock_span.js';

class MockTracerBase extends Tracer {
  /** @internal */
  _spans!: MockSpan[];

  protected override _startSpan(name: string, fields: SpanOptions): MockSpan {
    const span = this._allocSpan();
    span.setOperationName(name);
    this._spans.push(span);
    for (const reference of fields.references ?? []) {
      span.addReference(reference);
    }
    span._startStack = new Error().stack;
    return span;
  }

  protected override _inject(_span: MockContext, _format: string, _carrier: unknown): never {
    throw new Error('NOT YET IMPLEMENTED');
  }

  protected override _extract(_format: string, _carrier: unknown): never {
    throw new Error('NOT YET IMPLEMENTED');
  }

  /** @internal */
  _allocSpan(): MockSpan {
    return new MockSpan(this);
  }

  /** Forgets all spans. */
  clear(): void {
    this._spans = [];
  }

  /** What was recorded, as tests look for it. */
  report(): MockReport {
    return new MockReport(this._spans);
  }
}

/** A tracer for unit tests, as it was in 0.14.7. */
export interface MockTracer extends MockTracerBase {}

/**
 * A tracer for unit tests, exactly as it was in 0.14.7: it ignores the tags that a span is started
 * with, and can neither inject nor extract. New tests use that of `opentracing-ts/mocktracer`.
 */
export const MockTracer = es5Class(MockTracerBase, (self) => {
  Tracer.call(self);
  self._spans = [];
});

export default MockTracer;
