import type { ScopeManager } from 'opentracing-ts';
import { type BasicSpan, BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { apiChecks, type Check } from 'opentracing-ts/harness';
import { type MockSpan, MockTracer } from 'opentracing-ts/mocktracer';

/** The rules of tracers, for both tracers that record, over one manager. */
export function tracerChecks(
  createManager: () => ScopeManager,
  options: { async?: boolean } = {},
): Check[] {
  return [
    ...named(
      'MockTracer',
      apiChecks(() => new MockTracer(createManager()), {
        ...options,
        recordedSpan: (span) => span as MockSpan,
      }),
    ),
    ...named(
      'BasicTracer',
      apiChecks(
        () => new BasicTracer({ scopeManager: createManager(), recorder: new InMemoryRecorder() }),
        { ...options, recordedSpan: (span) => span as BasicSpan },
      ),
    ),
  ];
}

/** The checks with a subject before their names, which have to differ from each other. */
export function named(subject: string, checks: readonly Check[]): Check[] {
  return checks.map(({ name, run }) => ({ name: `${subject}: ${name}`, run }));
}
