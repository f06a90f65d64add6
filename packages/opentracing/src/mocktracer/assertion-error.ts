/**
 * What a failed assertion throws. Test runners know it by its name and its code, and show the
 * difference between what was expected and what there is.
 *
 * @internal
 */
export class AssertionError extends Error {
  override name = 'AssertionError';
  /** What `node:assert` gives its errors. */
  code = 'ERR_ASSERTION';
  actual: unknown;
  expected: unknown;

  constructor(message: string, actual: unknown, expected: unknown) {
    super(message);
    this.actual = actual;
    this.expected = expected;
  }
}
