import { checkFlag } from '../../check-method.js';
import { describeValue } from '../../describe-value.js';
import { checkInstrumentationOptions, tellMistyped } from '../check-instrumentation-options.js';
import type { InstrumentationOptions } from '../options.js';

/** Any function at all. */
// biome-ignore lint/suspicious/noExplicitAny: any function is accepted, whatever it takes
export type AnyFunction = (...args: any[]) => unknown;

/** The tags of the span of one call; nothing where there are none. */
export type CallTags = Record<string, unknown> | null | undefined;

/**
 * How `traced` records the calls of a function.
 *
 * @typeParam A - the arguments of the function
 */
// biome-ignore lint/suspicious/noExplicitAny: a decorator is told before there is a method
export interface TracedOptions<A extends unknown[] = any[]> extends InstrumentationOptions {
  /**
   * The operation name: what is done, with few different values. By default the name of the function,
   * or `'anonymous'` where it has none.
   */
  name?: string | undefined;
  /**
   * The tags of each span, or a function of the arguments of the call, and its `this`, that makes them.
   * What that function throws goes to `onError`, and the span has no tags.
   */
  tags?: Record<string, unknown> | ((...args: A) => CallTags) | undefined;
  /**
   * Whether the last argument of a call, where that is a function, is a callback as Node has them, with
   * an error or `null` first: the span then finishes when it is called, and logs that error. The callback
   * runs under the scope of the caller. By default `false`.
   */
  endsWithCallback?: boolean | undefined;
}

const OPTIONS: Readonly<Record<keyof TracedOptions, true>> = {
  tracer: true,
  onError: true,
  name: true,
  tags: true,
  endsWithCallback: true,
};

const ELSEWHERE = { operationName: 'name', attributes: 'tags' };

/** @internal What was given for a name or for options. @throws TypeError */
export function readTracedOptions(given: TracedOptions | string | undefined): TracedOptions {
  if (typeof given === 'string') {
    return { name: given };
  }
  if (given === undefined) {
    return {};
  }
  if (given === null || typeof given !== 'object') {
    throw new TypeError(`traced takes a name or options, not ${describeValue(given)}.`);
  }
  checkInstrumentationOptions('traced', given);
  const { name, tags } = given;
  if (name !== undefined && typeof name !== 'string') {
    throw new TypeError(`The name is ${describeValue(name)}; give a string, or leave it out.`);
  }
  if (tags !== undefined && typeof tags !== 'function' && typeof tags !== 'object') {
    throw new TypeError(
      `The tags are ${describeValue(tags)}; give an object, or a function that makes one.`,
    );
  }
  checkFlag('endsWithCallback', given.endsWithCallback);
  tellMistyped('traced', given, OPTIONS, ELSEWHERE);
  return given;
}
