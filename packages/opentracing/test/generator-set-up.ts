import { MockTracer } from 'opentracing-ts/mocktracer';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { expect } from 'vitest';

/** A tracer over a generator scope manager, and what asks for its spans. */
export function setUp() {
  const manager = new GeneratorScopeManager();
  const tracer = new MockTracer(manager);
  const span = (name: string) => {
    const found = tracer.finishedSpans().find((finished) => finished.operationName === name);
    expect(found, `a finished span '${name}'`).toBeDefined();
    return found as NonNullable<typeof found>;
  };
  /** The name of the parent of the span of that name, `null` for a root. */
  const parentOf = (name: string) => {
    const { parentId } = span(name);
    const parent = tracer.finishedSpans().find((s) => s.context().toSpanId() === parentId);
    return parent?.operationName ?? null;
  };
  const note = (name: string) => tracer.startSpan(name).finish();
  return { manager, tracer, span, parentOf, note };
}
