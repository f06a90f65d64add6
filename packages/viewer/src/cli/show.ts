import { ViewerError } from '../errors.js';
import type { Span } from '../model/span.js';
import type { SpanStore } from '../store/store.js';
import { renderTrace } from '../terminal/render-trace.js';
import { type Output, useColor, widthOf } from './console.js';
import { queryOf } from './list.js';
import { noTracesYet, openTraces } from './open-traces.js';

/** What `show` is told. */
export interface ShowOptions {
  db?: string;
  /** A trace id, the beginning of one, or `last`. */
  trace: string;
  verbose?: boolean;
  json?: boolean;
}

/** `opentracing-viewer show`: one trace as a tree with a time line. */
export function show(options: ShowOptions, output: Output = process.stdout): number {
  const store = openTraces(options.db);
  try {
    const spans = find(store, options.trace.trim().toLowerCase(), options.db);
    const text = options.json
      ? JSON.stringify(spans, null, 2)
      : renderTrace(spans, {
          width: widthOf(output),
          color: useColor(output),
          verbose: options.verbose ?? false,
        });
    output.write(`${text}\n`);
    return 0;
  } finally {
    store.close();
  }
}

function find(store: SpanStore, trace: string, db: string | undefined): Span[] {
  if (trace === 'last') {
    for (const spans of store.search(queryOf({ limit: 1 }))) return spans;
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
