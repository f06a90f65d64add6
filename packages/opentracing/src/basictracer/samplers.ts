/**
 * Decides, where a trace begins, whether it is recorded. The decision travels with the context.
 *
 * A service that gets a trace without a decision decides for itself.
 */
export interface Sampler {
  /**
   * Whether the trace that begins now is recorded. Called once a trace.
   *
   * @param operationName - of the first span
   * @param traceIdLow - the lowest 32 bits of the trace id, from 0 to 4,294,967,295
   */
  isSampled(operationName: string, traceIdLow: number): boolean;
}

/** Records all traces or none. */
export class ConstSampler implements Sampler {
  /** What is answered for every trace. */
  readonly decision: boolean;

  /** @param decision - true records all traces, false none */
  constructor(decision: boolean) {
    this.decision = decision;
  }

  /** The decision, whatever the trace. */
  isSampled(): boolean {
    return this.decision;
  }
}

/**
 * Records a share of all traces, chosen by the trace id, so that all services which use the same rate
 * choose the same traces.
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
      throw new RangeError(`The sampling rate is ${rate}; it has to be a number from 0 to 1.`);
    }
    this.rate = rate;
  }

  /** Whether the id is within the share; the operation does not matter. */
  isSampled(_operationName: string, traceIdLow: number): boolean {
    return traceIdLow < this.rate * 2 ** 32;
  }
}

/** Records at most so many new traces a second; unused ones are saved up for one second. */
export class RateLimitingSampler implements Sampler {
  /** The limit: zero or more, fractions allowed. */
  readonly maxTracesPerSecond: number;
  /** @internal */
  _balance: number;
  /** @internal */
  _checkedAt: number;

  /**
   * @param maxTracesPerSecond - zero or more; a half is one trace every two seconds
   * @throws RangeError for anything else
   */
  constructor(maxTracesPerSecond: number) {
    if (!(maxTracesPerSecond >= 0)) {
      throw new RangeError(
        `The limit is ${maxTracesPerSecond} traces a second; it has to be a number from 0 upwards.`,
      );
    }
    this.maxTracesPerSecond = maxTracesPerSecond;
    this._balance = this._maxBalance();
    this._checkedAt = performance.now();
  }

  /** Whether the limit leaves room for one more trace, which it then takes up. */
  isSampled(): boolean {
    const now = performance.now();
    const earned = ((now - this._checkedAt) / 1000) * this.maxTracesPerSecond;
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
