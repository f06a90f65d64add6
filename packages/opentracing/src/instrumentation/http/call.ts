/** @internal Calls a function: what is bound to the context of a request, rather than one of its own. */
export function call(
  fn: (...args: never[]) => unknown,
  receiver: unknown,
  args: unknown[],
): unknown {
  return Reflect.apply(fn, receiver, args);
}
