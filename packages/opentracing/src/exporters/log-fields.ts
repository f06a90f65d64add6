import { textOf } from './text-of.js';

/** @internal A field that was logged; `undefined` where it throws when it is asked, or there are none. */
export function fieldOf(fields: unknown, key: string): unknown {
  try {
    return (fields as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** @internal The names of the fields that were logged. */
export function keysOf(fields: unknown): string[] {
  try {
    return Object.keys(fields as object);
  } catch {
    return [];
  }
}

/**
 * The message of the last error in a span's log.
 *
 * @param logs - timestamp, fields, timestamp, fields
 * @internal
 */
export function loggedMessage(logs: readonly unknown[] | null): string | undefined {
  if (logs === null) {
    return undefined;
  }
  for (let i = logs.length - 1; i > 0; i -= 2) {
    const fields = logs[i];
    if (fieldOf(fields, 'event') === 'error') {
      const message = textOf(fieldOf(fields, 'message'));
      if (message !== undefined) {
        return message;
      }
    }
  }
  return undefined;
}

/**
 * The event of a log that has nothing else, `undefined` for others. Most logs are that, so it is asked
 * without a list of the keys.
 *
 * @internal
 */
export function eventAlone(fields: unknown): string | undefined {
  try {
    for (const key in fields as object) {
      if (key !== 'event') {
        return undefined;
      }
    }
    const { event } = fields as { event?: unknown };
    return typeof event === 'string' ? event : undefined;
  } catch {
    return undefined;
  }
}
