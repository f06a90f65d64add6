import { ViewerError } from '../errors.js';
import type { SpanStore } from '../store/store.js';
import { commandLine } from './console.js';
import { queryOf } from './filter.js';
import { noTracesYet } from './open-traces.js';

/**
 * The id of the trace that a person names.
 * @param name its id, the beginning of one, or `last`
 * @param db what the person gave as the file, for the sentence
 * @throws ViewerError when there is none, or more than one
 */
export function findTraceId(store: SpanStore, name: string, db: string | undefined): string {
  const trace = name.trim().toLowerCase();
  if (trace === 'last') {
    for (const [span] of store.search(queryOf({}, 1))) if (span !== undefined) return span.traceId;
    throw new ViewerError(noTracesYet(store.path, db));
  }
  const prefix = /^[0-9a-f]{1,32}$/.test(trace) ? trace : undefined;
  const ids = prefix === undefined ? [] : store.traceIdsWithPrefix(prefix, 2);
  const [id] = ids;
  if (id === undefined) {
    throw new ViewerError(`there is no trace "${trace}": "${commandLine('ls', db)}" lists them`);
  }
  // A whole id of 16 digits may be the beginning of one of 32.
  if (ids.length > 1 && id !== trace) {
    throw new ViewerError(`more than one trace begins with ${trace}: give more of the id`);
  }
  return id;
}
