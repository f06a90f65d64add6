import { diagnoseStored } from '../store/diagnose-stored.js';
import { renderFindings } from '../terminal/render-findings.js';
import { renderTrace } from '../terminal/render-trace.js';
import { type Output, useColor, widthOf } from './console.js';
import { findTraceId } from './find-trace.js';
import { openTraces } from './open-traces.js';

/** What `show` is told. */
export interface ShowOptions {
  db?: string;
  /** A trace id, the beginning of one, or `last`. */
  trace: string;
  verbose?: boolean;
  json?: boolean;
}

/** `opentracing-viewer show`: one trace as a tree with a time line, and what is wrong in it. */
export function show(options: ShowOptions, output: Output = process.stdout): number {
  const store = openTraces(options.db);
  try {
    const spans = store.trace(findTraceId(store, options.trace, options.db)) ?? [];
    if (options.json) {
      output.write(`${JSON.stringify(spans, null, 2)}\n`);
      return 0;
    }
    const style = { width: widthOf(output), color: useColor(output) };
    const tree = renderTrace(spans, { ...style, verbose: options.verbose ?? false });
    const findings = renderFindings(diagnoseStored(store, spans), {
      ...style,
      folder: process.cwd(),
      ...(spans[0] === undefined ? {} : { traceId: spans[0].traceId }),
    });
    output.write(findings === '' ? `${tree}\n` : `${tree}\n\n${findings}\n`);
    return 0;
  } finally {
    store.close();
  }
}
