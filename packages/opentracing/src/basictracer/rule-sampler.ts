import { checkMethod, checkOption } from '../check-method.js';
import { describeValue } from '../describe-value.js';
import type { BasicSpanContext } from '../propagation/basic-span-context.js';
import { ConstSampler, type Sampler } from './samplers.js';

/** Which traces a sampler of a {@link RuleSampler} is asked about. */
export interface SamplingRule {
  /**
   * The operation name of the trace's first span here: the whole of it, an expression that is found in
   * it, or a function of it and of the tags that the span is started with.
   */
  operation:
    | string
    | RegExp
    | ((operationName: string, tags: Readonly<Record<string, unknown>>) => boolean);
  /** Decides about these. */
  sampler: Sampler;
}

/**
 * Asks a sampler chosen by the operation: that of the first rule which matches.
 *
 * Like any sampler it is asked where nobody has decided yet; within a {@link ParentBasedSampler} it may
 * overrule a caller.
 *
 * @example
 * ```ts
 * const never = new ConstSampler(false);
 * const sampler = new RuleSampler(
 *   [
 *     { operation: 'GET /health', sampler: never },
 *     { operation: /^GET \/static\//, sampler: new RateLimitingSampler(1) },
 *     { operation: (_name, tags) => tags.component === 'cron', sampler: never },
 *   ],
 *   new ProbabilitySampler(1),
 * );
 * const recorder = new InMemoryRecorder();
 * const tracer = new BasicTracer({ recorder, sampler });
 * tracer.startSpan('GET /health').finish();
 * tracer.startSpan('GET /orders').finish();
 * tracer.startSpan('clean up', { tags: { component: 'cron' } }).finish();
 * for (const span of recorder.spans) console.log(span.operationName);
 * ```
 * ```text
 * GET /orders
 * ```
 */
export class RuleSampler implements Sampler {
  /** @internal */
  _rules: readonly SamplingRule[];
  /** @internal */
  _otherwise: Sampler;

  /**
   * @param rules - the first that matches counts
   * @param otherwise - asked where none matches; by default all are recorded
   * @throws TypeError for a rule without a sampler or an operation, or anything but a list of them
   */
  constructor(rules: readonly SamplingRule[], otherwise?: Sampler) {
    if (!Array.isArray(rules)) {
      throw new TypeError(
        `The rules are ${describeValue(rules)}; give a list of { operation, sampler }.`,
      );
    }
    checkOption('sampler otherwise', otherwise, 'isSampled');
    this._rules = rules.map(checkedRule);
    this._otherwise = otherwise ?? new ConstSampler(true);
  }

  /** What the sampler of the first rule that matches says. */
  isSampled(
    operationName: string,
    traceIdLow: number,
    tags?: Readonly<Record<string, unknown>>,
    parent?: BasicSpanContext | null,
  ): boolean {
    const rule = this._rules.find(({ operation }) => matches(operation, operationName, tags ?? {}));
    const sampler = rule?.sampler ?? this._otherwise;
    return sampler.isSampled(operationName, traceIdLow, tags, parent);
  }
}

/** A copy, which the program cannot change any more. */
function checkedRule(rule: SamplingRule): SamplingRule {
  const { operation, sampler } = rule ?? {};
  if (
    typeof operation !== 'string' &&
    typeof operation !== 'function' &&
    !(operation instanceof RegExp)
  ) {
    throw new TypeError(
      `The operation of a rule is ${describeValue(operation)}; ` +
        'give a name, a regular expression or a function.',
    );
  }
  checkMethod('The sampler of a rule is', sampler, 'isSampled', 'give one as { sampler }');
  return { operation, sampler };
}

function matches(
  operation: SamplingRule['operation'],
  name: string,
  tags: Readonly<Record<string, unknown>>,
): boolean {
  if (typeof operation === 'function') {
    return operation(name, tags);
  }
  // Not `test`, which goes on from where an expression with the flag `g` has stopped.
  return typeof operation === 'string' ? operation === name : String(name).search(operation) >= 0;
}
