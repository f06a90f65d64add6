import { checkMethod, checkOption } from '../check-method.js';
import { describeValue } from '../describe-value.js';
import type { BasicSpanContext } from '../propagation/basic-span-context.js';
import type { ReportOnce } from './report-error.js';
import { tellMistyped } from './report-error.js';

/**
 * Decides, where a trace begins, whether it is recorded. The decision travels with the context.
 *
 * A service that gets a trace without a decision decides for itself.
 */
export interface Sampler {
  /**
   * Whether the sampler is asked, too, about traces that come in with a decision of the caller's, which
   * it then finds at `parent`. By default such a decision holds.
   */
  readonly overrulesCallers?: boolean | undefined;
  /**
   * Whether the trace that begins now, or comes in now, is recorded. Called once a trace.
   *
   * @param operationName - of the first span here
   * @param traceIdLow - the lowest 32 bits of the trace id, from 0 to 4,294,967,295
   * @param tags - those that the first span here is started with; `undefined` where there are none
   * @param parent - the context that the trace came in with, its `sampled` the decision of the caller;
   *   `null` where the trace begins here
   * @returns anything but true, and an error that is thrown, decides against the trace; what is neither
   *   true nor false, a promise for one, is told to `onError`
   */
  isSampled(
    operationName: string,
    traceIdLow: number,
    tags?: Readonly<Record<string, unknown>>,
    parent?: BasicSpanContext | null,
  ): boolean;
}

/** Records all traces or none. */
export class ConstSampler implements Sampler {
  /** What is answered for every trace. */
  readonly decision: boolean;

  /**
   * @param decision - true records all traces, false none
   * @throws TypeError for anything else
   */
  constructor(decision: boolean) {
    if (typeof decision !== 'boolean') {
      throw new TypeError(
        `The decision of a ConstSampler is ${describeValue(decision)}; ` +
          'give true to record all traces, false for none.',
      );
    }
    this.decision = decision;
  }

  /** The decision, whatever the trace. */
  isSampled(): boolean {
    return this.decision;
  }
}

/**
 * Records a share of all traces, chosen by the trace id, so that all services which use the same rate
 * choose the same traces, and those with a higher rate the same and more. The lowest 32 bits count, so
 * a service that knows only the lower half of an id of 128 bits decides alike.
 *
 * Other libraries take other bits of the id: services that use both agree by the decision that travels
 * with the context, not by using the same rate.
 *
 * @example
 * ```ts
 * const tracer = new BasicTracer({ sampler: new ProbabilitySampler(0.01) });
 * ```
 */
export class ProbabilitySampler implements Sampler {
  /** The share that is recorded, from 0 (none) to 1 (all). */
  readonly rate: number;

  /**
   * @param rate - the share, from 0 (none) to 1 (all)
   * @throws RangeError for anything else
   */
  constructor(rate: number) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new RangeError(
        `The sampling rate is ${describeValue(rate)}; it has to be a number from 0 to 1.`,
      );
    }
    this.rate = rate;
  }

  /** Whether the id is within the share; the operation does not matter. */
  isSampled(_operationName: string, traceIdLow: number): boolean {
    return traceIdLow < this.rate * 2 ** 32;
  }
}

/**
 * Records at most so many new traces a second; unused ones are saved up for one second.
 *
 * @example
 * ```ts
 * let now = 0;
 * const sampler = new RateLimitingSampler(1, { now: () => now });
 * console.log(sampler.isSampled(), sampler.isSampled());
 * now += 1_000;
 * console.log(sampler.isSampled());
 * ```
 * ```text
 * true false
 * true
 * ```
 */
export class RateLimitingSampler implements Sampler {
  /** The limit: zero or more, fractions allowed. */
  readonly maxTracesPerSecond: number;
  /** @internal */
  _now: () => number;
  /** @internal */
  _balance: number;
  /** @internal */
  _checkedAt: number;

  /**
   * @param maxTracesPerSecond - zero or more; a half is one trace every two seconds
   * @param options - `now` is the clock, in milliseconds since whenever: for tests
   * @throws RangeError for anything else
   */
  constructor(maxTracesPerSecond: number, options?: { now?: (() => number) | undefined } | null) {
    if (!(maxTracesPerSecond >= 0)) {
      throw new RangeError(
        `The limit is ${describeValue(maxTracesPerSecond)} traces a second; ` +
          'it has to be a number from 0 upwards.',
      );
    }
    tellMistyped(undefined, 'RateLimitingSampler', options, { now: true });
    this.maxTracesPerSecond = maxTracesPerSecond;
    this._now = options?.now ?? (() => performance.now());
    this._balance = this._maxBalance();
    this._checkedAt = this._now();
  }

  /** Whether the limit leaves room for one more trace, which it then takes up. */
  isSampled(): boolean {
    const now = this._now();
    const earned = (Math.max(now - this._checkedAt, 0) / 1000) * this.maxTracesPerSecond;
    this._balance = Math.min(this._maxBalance(), this._balance + earned);
    this._checkedAt = now;
    if (this._balance < 1) {
      return false;
    }
    this._balance -= 1;
    return true;
  }

  /** @internal A limit below one a second still has to save up for a whole trace. */
  _maxBalance(): number {
    return this.maxTracesPerSecond === 0 ? 0 : Math.max(1, this.maxTracesPerSecond);
  }
}

/**
 * @internal
 * @throws TypeError for an option that is none, a rate for one
 */
export function checkSampler(option: string, value: unknown): void {
  if (typeof value === 'number') {
    checkMethod(`The ${option} is`, value, 'isSampled', `use new ProbabilitySampler(${value})`);
  }
  checkOption(option, value, 'isSampled');
}

/** @internal A sampler has answered something that is neither true nor false. */
export function noDecision(answer: unknown, onError: ReportOnce): Error {
  const isPromise = answer instanceof Promise;
  if (isPromise) {
    // Nobody else waits for it, and a rejection must not end the program.
    answer.catch((error) => onError(error, 'sampler, later'));
  }
  return new NoDecisionError(isPromise ? 'a promise' : describeValue(answer));
}

class NoDecisionError extends Error {
  constructor(answer: string) {
    super(
      `The sampler answers ${answer}, so the trace is not recorded; ` +
        'isSampled has to return true or false, at once.',
    );
    this.name = 'NoDecisionError';
  }
}
