/*
 * Tags as a flat array: key, value, key, value. Setting one only appends; a key that is set again is
 * looked for when the array is full or somebody reads it, because that seldom happens and looking at
 * every call costs as much as the rest of it.
 */

/** @internal The tags of a span that has none. */
export const NO_TAGS: unknown[] = [];

// Above so many entries, a map finds a key sooner than a look at each.
const FEW_ENTRIES = 64;

/**
 * @internal Leaves each key once, where it was first, with the value that it was given last.
 *
 * @param end - how many entries of `tags` are in use
 * @returns how many then are
 */
export function compactTags(tags: unknown[], end: number): number {
  return end > FEW_ENTRIES ? compactMany(tags, end) : compactFew(tags, end);
}

/** Nearly always there is nothing to do, so it is asked first, which takes no writing. */
function compactFew(tags: unknown[], end: number): number {
  for (let i = 2; i < end; i += 2) {
    const key = tags[i];
    for (let at = 0; at < i; at += 2) {
      if (tags[at] === key) {
        return mergeFew(tags, i, end);
      }
    }
  }
  return end;
}

/** @param start - up to where each key is there once */
function mergeFew(tags: unknown[], start: number, end: number): number {
  let kept = start;
  for (let i = start; i < end; i += 2) {
    let at = 0;
    while (at < kept && tags[at] !== tags[i]) {
      at += 2;
    }
    tags[at] = tags[i];
    tags[at + 1] = tags[i + 1];
    kept = Math.max(kept, at + 2);
  }
  return clear(tags, kept, end);
}

function compactMany(tags: unknown[], end: number): number {
  const values = new Map<unknown, unknown>();
  for (let i = 0; i < end; i += 2) {
    values.set(tags[i], tags[i + 1]);
  }
  let kept = 0;
  for (const [key, value] of values) {
    tags[kept++] = key;
    tags[kept++] = value;
  }
  return clear(tags, kept, end);
}

/** What was set again is not to be kept alive. */
function clear(tags: unknown[], from: number, to: number): number {
  if (from < to) {
    tags.fill(0, from, to);
  }
  return from;
}

/** @internal A copy with as much room again, within a limit. */
export function withRoom(tags: readonly unknown[], maxLength: number): unknown[] {
  const length = Math.min(tags.length * 2 || maxLength, maxLength);
  return [...tags, ...new Array(length - tags.length).fill(0)];
}

/**
 * @internal Sets a tag where there is no room for another one.
 *
 * @param end - how many entries of `tags` are in use, each key once
 * @returns whether it was there; one called `error` takes the place of the last one
 */
export function replaceTag(tags: unknown[], end: number, key: string, value: unknown): boolean {
  for (let i = 0; i < end; i += 2) {
    if (tags[i] === key) {
      tags[i + 1] = value;
      return true;
    }
  }
  if (key === 'error' && end > 0) {
    tags[end - 2] = key;
    tags[end - 1] = value;
  }
  return false;
}
