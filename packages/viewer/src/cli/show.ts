import { renderTrace } from '../terminal/render-trace.js';
import { type Output, useColor, widthOf } from './console.js';
import { findTrace } from './find-trace.js';
import { openTraces } from './open-traces.js';

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
    const spans = findTrace(store, options.trace, options.db);
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
