/** Names and values of headers. */
type HeaderList = readonly (readonly [name: string, value: string])[];

// Shared by all copies of this package in one thread.
const SLOT = /* @__PURE__ */ Symbol.for('opentracing-ts/v1/carried-headers');
const slots = globalThis as { [SLOT]?: Set<HeaderList> };

/**
 * Says that requests with all these headers have their span already, for instrumentation that sees them
 * on their way.
 *
 * @returns takes that back
 * @internal
 */
export function carry(headers: Readonly<Record<string, string>>): () => void {
  slots[SLOT] ??= new Set();
  const carried = slots[SLOT];
  const list = Object.entries(headers);
  if (list.length > 0) {
    carried.add(list);
  }
  return () => carried.delete(list);
}

/**
 * Whether a request has its span already.
 *
 * @param headerOf - the value of one of its headers
 * @internal
 */
export function isCarried(headerOf: (name: string) => unknown): boolean {
  for (const headers of slots[SLOT] ?? []) {
    if (headers.every(([name, value]) => headerOf(name) === value)) {
      return true;
    }
  }
  return false;
}
