import type { MockSpan, MockTracer } from 'opentracing-ts/mocktracer';

/**
 * The finished spans of a tracer as trees, a line a span: its operation name behind one `- ` for each
 * span above it. Roots and siblings stand in the order in which they were started.
 *
 * @throws Error when the parent of a span has not finished: its trace cannot be drawn
 */
export function tracesOf(tracer: MockTracer): string[] {
  const waiting = new Set(tracer.finishedSpans().sort((a, b) => order(a) - order(b)));
  const lines: string[] = [];
  const draw = (parent: MockSpan | null, indent: string) => {
    for (const span of waiting) {
      if (parent === null ? span.parentId === null : isChild(span, parent)) {
        waiting.delete(span);
        lines.push(indent + span.operationName);
        draw(span, `${indent}- `);
      }
    }
  };
  draw(null, '');
  for (const { operationName, parentId } of waiting) {
    throw new Error(
      `No span with the id ${parentId}, the parent of ${operationName}, has finished.`,
    );
  }
  return lines;
}

/** The one finished span of that name. */
export function spanOf(tracer: MockTracer, operationName: string): MockSpan {
  const [span, ...others] = tracer
    .finishedSpans()
    .filter((finished) => finished.operationName === operationName);
  if (span === undefined || others.length > 0) {
    throw new Error(
      `${others.length + (span ? 1 : 0)} spans are called ${operationName}, not one.`,
    );
  }
  return span;
}

/** The mock tracer counts up its ids. */
function order(span: MockSpan): number {
  return Number.parseInt(span.context().toSpanId(), 16);
}

function isChild(span: MockSpan, parent: MockSpan): boolean {
  return (
    span.parentId === parent.context().toSpanId() &&
    span.context().toTraceId() === parent.context().toTraceId()
  );
}
