const UNTRACED = /* @__PURE__ */ Symbol.for('opentracing-ts/v1/untraced');

/**
 * The options of a `fetch` that instrumentation passes on without a span, for the requests by which spans
 * are sent. In a browser the header that says so elsewhere, `b3: 0`, would have to be allowed first.
 *
 * @internal
 */
export function untraced<Init extends object>(init: Init): Init {
  return Object.assign(init, { [UNTRACED]: true });
}

/** @internal Whether `init`, the options of a `fetch`, are those of {@link untraced}. */
export function isUntraced(init: unknown): boolean {
  return (init as { [UNTRACED]?: unknown } | null | undefined)?.[UNTRACED] === true;
}
