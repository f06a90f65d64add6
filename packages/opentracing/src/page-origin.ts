/**
 * The origin of the page, or of the worker of a page, in which this runs; `undefined` elsewhere. In a frame
 * without a URL, or in a sandbox, it is not that of its location.
 *
 * Source: HTML, "origin" of WindowOrWorkerGlobalScope.
 *
 * @internal
 */
export function pageOrigin(): string | undefined {
  const { location, origin } = globalThis as { location?: { origin?: string }; origin?: string };
  // Some runtimes that are no page have an origin.
  return location === undefined ? undefined : (origin ?? location.origin);
}

/** @internal Whether the URL belongs to the page in which this runs. */
export function isOfPage(url: URL): boolean {
  return pageOrigin() === url.origin;
}
