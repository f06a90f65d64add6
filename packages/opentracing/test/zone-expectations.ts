import { expect } from 'vitest';

/** What a compiled program reports, but for what differs with the place that it runs in. */
export function expectCompiled(
  report: unknown,
  differing: { listeners: readonly boolean[] | null; kept: readonly string[] | null },
): void {
  expect(report).toEqual({
    isActiveAtTheTop: true,
    conformance: { failed: [], count: expect.any(Number) },
    siblings: [],
    zonesOfTheProgram: { seen: [true, true, true, true, true, true], isOwnAgain: true },
    depthOfALoop: expect.any(Number),
    leftOpen: { isActive: true, isActiveLater: true, isUnseen: true },
    ...differing,
  });
  const { conformance, depthOfALoop } = report as {
    conformance: { count: number };
    depthOfALoop: number;
  };
  expect(conformance.count).toBeGreaterThan(120);
  // The root, and one for the span.
  expect(depthOfALoop).toBeLessThanOrEqual(3);
}

/** What a program with native `await` reports: the stated limit. */
export const NATIVE_REPORT = {
  before: true,
  // Where the zone is lost.
  behindAwait: null,
  inBound: true,
  anew: true,
  inThen: true,
  caller: null,
  left: [
    { within: true, later: null },
    { within: true, later: null },
  ],
  finished: ['request'],
  isRootClean: true,
};
