import { Span } from '../span.js';
import { SpanContext } from '../span-context.js';
import { Tracer } from '../tracer.js';

/** A span that keeps what is done to it, for the checks of scope managers. @internal */
export class CountingSpan extends Span {
  /** One entry for each call of `finish`: the time it was given. */
  finishes: (number | undefined)[] = [];
  /** One entry for each call of `logError`. */
  errors: unknown[] = [];
  /** Whether an error was logged after `finish`, when it is too late. */
  loggedLate = false;

  constructor() {
    super(new Tracer(), new SpanContext());
  }

  override logError(error: unknown): this {
    this.errors.push(error);
    this.loggedLate ||= this.finishes.length > 0;
    return this;
  }

  override finish(finishTime?: number): void {
    this.finishes.push(finishTime);
  }
}
