/**
 * The rules of the contract as lists of checks, for the tests of a tracer or of a scope manager:
 * every check has a name and a `run` that throws. Imports no test runner, so any will do:
 *
 * ```ts
 * for (const check of apiChecks(() => new MyTracer())) {
 *   test(check.name, () => check.run());
 * }
 * ```
 *
 * Source: opentracing-python, `opentracing.harness`.
 *
 * @module
 */
export { type ApiCheckOptions, apiChecks } from './api-check.js';
export type { Check, Need, Rule } from './check.js';
export { type ScopeCheckOptions, scopeChecks } from './scope-check.js';
export type { RecordedSpan } from './subject.js';
