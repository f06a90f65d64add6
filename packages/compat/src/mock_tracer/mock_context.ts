import { es5Class } from '../es5_class.js';
import { SpanContext } from '../span_context.js';
import type { MockSpan } from './mock_span.js';

class MockContextBase extends SpanContext {
  /** @internal */
  _span!: MockSpan;

  /** The span that this is the context of. */
  span(): MockSpan {
    return this._span;
  }
}

/** The context of a {@link MockSpan}. */
export interface MockContext extends MockContextBase {}

/** The context of a mock span. */
export const MockContext = es5Class(MockContextBase, (self, span: MockSpan) => {
  SpanContext.call(self);
  self._span = span;
});

export default MockContext;
