import * as context from './mock_context.js';
import * as span from './mock_span.js';
import * as tracer from './mock_tracer.js';

// In this form each is a plain property of `exports`, as it was in 0.14.7, and keeps its type.
export import MockContext = context.MockContext;
export import MockSpan = span.MockSpan;
export import MockTracer = tracer.MockTracer;
