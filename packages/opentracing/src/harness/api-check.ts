import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';
import { ACTIVE_SPAN_CHECKS } from './active-span-checks.js';
import { BAGGAGE_CHECKS } from './baggage-checks.js';
import { nameGuiltyMethod } from './chained-calls.js';
import { checkFunction, type Need, type Rule } from './check.js';
import { HOSTILE_CHECKS } from './hostile-checks.js';
import { PROPAGATION_CHECKS } from './propagation-checks.js';
import { RECORDED_SPAN_CHECKS } from './recorded-span-checks.js';
import { SPAN_CHECKS } from './span-checks.js';
import { type ApiCheck, type RecordedSpan, Subject } from './subject.js';
import { WITH_ACTIVE_SPAN_CHECKS } from './with-active-span-checks.js';

const AREAS: Record<string, readonly ApiCheck[]> = {
  spans: SPAN_CHECKS,
  'what is recorded': RECORDED_SPAN_CHECKS,
  'active spans': ACTIVE_SPAN_CHECKS,
  withActiveSpan: WITH_ACTIVE_SPAN_CHECKS,
  baggage: BAGGAGE_CHECKS,
  'inject and extract': PROPAGATION_CHECKS,
  'hostile values': HOSTILE_CHECKS,
};

/** What a tracer offers. The checks of what it does not are left out. */
export interface ApiCheckOptions {
  /** Whether baggage is kept and carried. By default `true`; `false` for a no-op tracer. */
  checkBaggageValues?: boolean;
  /** Whether spans become active. By default `true`; `false` for a no-op tracer. */
  checkScopeManager?: boolean;
  /**
   * Whether contexts have ids, which `inject` and `extract` carry. By default the same as
   * `checkBaggageValues`.
   */
  checkIds?: boolean;
  /**
   * Whether the scope manager follows promises, timers and callbacks. By default `false`: then
   * nothing is expected to be active behind an `await`.
   */
  async?: boolean;
  /**
   * Reads what the tracer has recorded of one of its spans, finished or not. Without it, names, tags,
   * logs, times and parents are not looked at.
   */
  recordedSpan?: (span: Span) => RecordedSpan;
}

/**
 * The rules that a tracer keeps.
 *
 * Source: opentracing-python, `opentracing.harness.api_check`; the contract of `Tracer`, `Span` and
 * `SpanContext` for what JavaScript adds.
 *
 * @param createTracer - makes a tracer with a scope manager of its own that records every span; called
 *   once or more for each check, which closes the tracers at its end
 * @throws TypeError when `createTracer` is no function
 * @example
 * ```ts
 * import { test } from 'node:test';
 *
 * for (const { name, run } of apiChecks(() => new MockTracer())) test(name, run);
 * ```
 */
export function apiChecks(createTracer: () => Tracer, options: ApiCheckOptions = {}): Rule[] {
  checkFunction('apiChecks', createTracer, 'a tracer');
  const baggage = options.checkBaggageValues ?? true;
  const scopes = options.checkScopeManager ?? true;
  const offered: Record<Need, boolean> = {
    baggage,
    scopes,
    ids: options.checkIds ?? baggage,
    async: scopes && (options.async ?? false),
    recorded: options.recordedSpan !== undefined,
  };
  return Object.entries(AREAS).flatMap(([area, checks]) =>
    checks
      .filter(({ needs = [] }) => needs.every((need) => offered[need]))
      .map(({ name, needs = [], run }) => ({
        name,
        area,
        needs,
        async run() {
          const subject = new Subject(createTracer, options.recordedSpan);
          try {
            await run(subject);
          } catch (error) {
            throw nameGuiltyMethod(error, () => subject.tracer().startSpan('Fry'));
          } finally {
            await subject.close();
          }
        },
      })),
  );
}
