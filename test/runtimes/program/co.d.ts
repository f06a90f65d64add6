/** The parts of co, which has no types of its own, that the tests use. */
declare module 'co' {
  export default function co<A extends unknown[], T>(
    fn: ((...args: A) => Iterator<unknown, T, unknown>) | Iterator<unknown, T, unknown>,
    ...args: A
  ): Promise<T>;
}
