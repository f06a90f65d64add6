import { parseAnnotationQuery } from '../collector/params.js';
import { summarize, type TraceSummary } from '../model/summary.js';
import type { TraceQuery } from '../store/query.js';
import { count, formatDuration, formatTime } from '../terminal/format.js';
import { type Column, drawTable } from '../terminal/table.js';
import { safeText } from '../terminal/text.js';
import { colorsFor, type Output, PROGRAM, widthOf } from './console.js';
import { openTraces } from './open-traces.js';

/** What `ls` is told. */
export interface ListOptions {
  db?: string;
  service?: string;
  name?: string;
  query?: string;
  /** Only traces that began then or later, in milliseconds since the epoch. Default: all. */
  since?: number;
  limit: number;
  json?: boolean;
}

/** `opentracing-viewer ls`: one line a trace, the newest first. */
export function list(options: ListOptions, output: Output = process.stdout): number {
  const store = openTraces(options.db);
  try {
    const traces: TraceSummary[] = [];
    for (const spans of store.search(queryOf(options))) traces.push(summarize(spans));
    if (options.json) output.write(`${JSON.stringify(traces, null, 2)}\n`);
    else if (traces.length === 0) output.write('no traces\n');
    else output.write(draw(traces, output));
    return 0;
  } finally {
    store.close();
  }
}

/** The newest traces of all times. */
export function queryOf(options: Omit<ListOptions, 'json' | 'db'>): TraceQuery {
  const query: TraceQuery = {
    annotations: parseAnnotationQuery(options.query ?? ''),
    from: (options.since ?? 0) * 1_000,
    to: Number.MAX_SAFE_INTEGER,
    limit: options.limit,
  };
  if (options.service) query.serviceName = options.service.toLowerCase();
  if (options.name) query.spanName = options.name.toLowerCase();
  return query;
}

function draw(traces: readonly TraceSummary[], output: Output): string {
  const { bold, dim } = colorsFor(output);
  const [headings = '', ...rows] = drawTable(traceColumns(output), traces, widthOf(output));
  const lines = [bold(headings), ...rows, dim(`draw one with "${PROGRAM} show TRACE"`)];
  return `${lines.join('\n')}\n`;
}

/** What `ls` and `tail` say about a trace. */
export function traceColumns(output: Output): Column<TraceSummary>[] {
  const { red } = colorsFor(output);
  return [
    // Half of a 128-bit id is enough to name it: `show` takes the beginning of an id.
    { heading: 'TRACE', text: ({ traceId }) => traceId.slice(0, 16) },
    {
      heading: 'START',
      text: ({ timestamp }) => (timestamp === undefined ? '' : formatTime(timestamp).slice(0, -4)),
    },
    { heading: 'DURATION', text: ({ duration }) => formatDuration(duration), right: true },
    { heading: 'SPANS', text: ({ spanCount }) => String(spanCount), right: true },
    {
      heading: '',
      text: ({ errorCount }) => (errorCount === 0 ? '' : `✗ ${count(errorCount, 'error')}`),
      paint: red,
    },
    { heading: 'ROOT', text: ({ service, name }) => safeText(`${service || '-'}: ${name}`) },
  ];
}
