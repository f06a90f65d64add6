import type { BasicSpan } from './basic-span.js';

/**
 * About how much memory a span takes that another one does not: the characters of the texts in its tags
 * and logs.
 *
 * @internal
 */
export function weightOf({ _tags: tags, _tagsEnd: end, _logs: logs }: BasicSpan): number {
  let weight = 0;
  for (let i = 1; i < end; i += 2) {
    const value = tags[i];
    if (typeof value === 'string') {
      weight += value.length;
    }
  }
  if (logs !== null) {
    for (let i = 1; i < logs.length; i += 2) {
      weight += weightOfFields(logs[i] as Record<string, unknown>);
    }
  }
  return weight;
}

/** Fields may be anything, such as an object that throws when it is read. */
function weightOfFields(fields: Record<string, unknown>): number {
  let weight = 0;
  try {
    for (const name in fields) {
      const value = fields[name];
      if (typeof value === 'string') {
        weight += value.length;
      }
    }
  } catch {
    // What has been counted so far is near enough.
  }
  return weight;
}
