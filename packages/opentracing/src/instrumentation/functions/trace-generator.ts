import type { Span } from '../../span.js';
import { runInScope } from '../run-in-scope.js';
import type { Calls } from './calls.js';
import type { AnyFunction } from './traced-options.js';

/** What a generator, synchronous or not, is driven by. */
const STEPS = ['next', 'return', 'throw'] as const;

type Step = (value?: unknown) => unknown;
type Steps = Record<(typeof STEPS)[number], Step>;

/** @internal Whether calling it makes a generator, whose body runs only when that is asked. */
export function isGeneratorFunction(fn: object): boolean {
  return /^\[object (Async)?GeneratorFunction\]$/.test(Object.prototype.toString.call(fn));
}

/**
 * Calls a generator function. The span begins with the first `next`, since nothing happens before, and is
 * a child of the span that was active at the call; it is active while the body runs, and ends with it.
 *
 * @internal
 */
export function traceGenerator(
  calls: Calls,
  fn: AnyFunction,
  thisArgument: unknown,
  args: unknown[],
): unknown {
  const generator = Reflect.apply(fn, thisArgument, args) as Steps;
  const iteration = new Iteration(calls, thisArgument, args);
  for (const name of STEPS) {
    const step = generator[name];
    // On the generator itself: an object in its place would not be one to those who check.
    Object.defineProperty(generator, name, {
      value: (...given: [unknown?]) =>
        iteration.step(name, () => Reflect.apply(step, generator, given)),
      configurable: true,
      writable: true,
    });
  }
  return generator;
}

/** One run through the body of a generator. */
class Iteration {
  calls: Calls;
  thisArgument: unknown;
  args: unknown[];
  /** What was active at the call, until the body begins. */
  parent: Span | null;
  /** `null` before the body begins, and where there is none to record. */
  span: Span | null = null;
  isOver = false;
  isRunning = false;

  constructor(calls: Calls, thisArgument: unknown, args: unknown[]) {
    this.calls = calls;
    this.thisArgument = thisArgument;
    this.args = args;
    this.parent = calls.guard(() => calls.tracer().activeSpan)() ?? null;
  }

  step(name: keyof Steps, resume: () => unknown): unknown {
    // A generator that resumes itself gets an error which does not end it.
    if (this.isOver || this.isRunning) {
      return resume();
    }
    if (this.span === null) {
      this.begin(name);
    }
    const { span } = this;
    if (span === null) {
      return resume();
    }
    this.isRunning = true;
    let result: unknown;
    try {
      result = runInScope(this.calls.tracer(), span, resume);
    } catch (error) {
      this.end({ error });
      throw error;
    } finally {
      this.isRunning = false;
    }
    return isPromise(result)
      ? result.then(
          (settled) => this.seen(settled),
          (error) => {
            this.end({ error });
            throw error;
          },
        )
      : this.seen(result as IteratorResult<unknown>);
  }

  begin(name: keyof Steps): void {
    const { calls, thisArgument, args, parent } = this;
    // Left or failed before it began, a generator runs nothing.
    this.isOver = name !== 'next';
    if (!this.isOver) {
      this.span = calls.start(calls.tags(thisArgument, args), parent) ?? null;
      this.isOver = this.span === null;
    }
    this.parent = null;
    this.args = [];
  }

  seen(result: IteratorResult<unknown>): IteratorResult<unknown> {
    if (result.done) {
      this.end();
    }
    return result;
  }

  end(failure?: { readonly error: unknown }): void {
    const { span } = this;
    this.span = null;
    this.isOver = true;
    if (span !== null) {
      this.calls.end(span, failure);
    }
  }
}

/** By its method: the promise of an async generator is of no class that zone.js has in its place. */
function isPromise(result: unknown): result is Promise<IteratorResult<unknown>> {
  return typeof (result as Partial<PromiseLike<unknown>>).then === 'function';
}
