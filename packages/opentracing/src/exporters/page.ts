/** The origin of the page, or of the worker of a page, in which this runs. */
export function pageOrigin(): string | undefined {
  return (globalThis as { location?: { origin?: string } }).location?.origin;
}

/** Whether the URL belongs to the page in which this runs. */
export function isOfPage(url: URL): boolean {
  return pageOrigin() === url.origin;
}
