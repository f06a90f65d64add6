/** Requests on their way whose headers have the same names. */
interface Carried {
  readonly names: readonly string[];
  /** How many there are, by the values. */
  readonly counts: Map<string, number>;
}

// Shared by all copies of this package in one thread.
const SLOT = /* @__PURE__ */ Symbol.for('opentracing-ts/v1/carried-headers');
const slots = globalThis as { [SLOT]?: Map<string, Carried> };

/**
 * Says that requests with all these headers have their span already, for instrumentation that sees them
 * on their way.
 *
 * @returns takes that back; to be called once
 * @internal
 */
export function carry(headers: Readonly<Record<string, string>>): () => void {
  const names = Object.keys(headers);
  if (names.length === 0) {
    return () => {};
  }
  slots[SLOT] ??= new Map();
  const all = slots[SLOT];
  const { counts } = all.get(names.join()) ?? { counts: new Map<string, number>() };
  all.set(names.join(), { names, counts });
  const values = Object.values(headers).join('\n');
  counts.set(values, (counts.get(values) ?? 0) + 1);
  return () => {
    const others = (counts.get(values) ?? 1) - 1;
    if (others === 0) {
      counts.delete(values);
    } else {
      counts.set(values, others);
    }
  };
}

/**
 * Whether a request has its span already.
 *
 * @param headerOf - the value of one of its headers
 * @internal
 */
export function isCarried(headerOf: (name: string) => unknown): boolean {
  for (const { names, counts } of slots[SLOT]?.values() ?? []) {
    if (counts.size > 0 && counts.has(names.map(headerOf).join('\n'))) {
      return true;
    }
  }
  return false;
}
