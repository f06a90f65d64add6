import { ViewerError } from '../errors.js';
import type { Span } from '../model/span.js';
import type { SpanStore } from '../store/store.js';
import { queryOf } from './filter.js';
import { noTracesYet } from './open-traces.js';

/**
 * The trace that a person names.
 * @param name its id, the beginning of one, or `last`
 * @param db what the person gave as the file, for the sentence
 * @throws ViewerError when there is none, or more than one
 */
export function findTrace(store: SpanStore, name: string, db: string | undefined): Span[] {
  const trace = name.trim().toLowerCase();
  if (trace === 'last') {
    for (const spans of store.search(queryOf({}, 1))) return spans;
    throw noTracesYet(store.path, db);
  }
  const prefix = /^[0-9a-f]{1,32}$/.test(trace) ? trace : undefined;
  const ids = prefix === undefined ? [] : store.traceIdsWithPrefix(prefix, 2);
  const [id] = ids;
  if (id === undefined) throw new ViewerError(`there is no trace ${trace}`);
  // A whole id of 16 digits may be the beginning of one of 32.
  if (ids.length > 1 && id !== trace) {
    throw new ViewerError(`more than one trace begins with ${trace}: give more of the id`);
  }
  return store.trace(id) ?? [];
}
