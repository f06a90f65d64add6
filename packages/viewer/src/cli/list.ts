import { parseAnnotationQuery } from '../collector/params.js';
import { summarize, type TraceSummary } from '../model/summary.js';
import type { TraceQuery } from '../store/query.js';
import { count, formatDuration, formatTime } from '../terminal/format.js';
import { fit, safeText, textWidth } from '../terminal/text.js';
import { colorsFor, type Output, PROGRAM, widthOf } from './console.js';
import { openTraces } from './open-traces.js';

/** What `ls` is told. */
export interface ListOptions {
  db?: string;
  service?: string;
  name?: string;
  query?: string;
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
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
    limit: options.limit,
  };
  if (options.service) query.serviceName = options.service.toLowerCase();
  if (options.name) query.spanName = options.name.toLowerCase();
  return query;
}

function draw(traces: readonly TraceSummary[], output: Output): string {
  const { bold, dim, red } = colorsFor(output);
  const rows = traces.map((trace) => ({
    // Half of a 128-bit id is enough to name it: `show` takes the beginning of an id.
    id: trace.traceId.slice(0, 16),
    time: trace.timestamp === undefined ? '' : formatTime(trace.timestamp).slice(0, -4),
    duration: formatDuration(trace.duration),
    spans: String(trace.spanCount),
    errors: trace.errorCount === 0 ? '' : `✗ ${count(trace.errorCount, 'error')}`,
    title: safeText(`${trace.service || '-'}: ${trace.name}`),
  }));
  const wide = (key: keyof (typeof rows)[number], heading: string) =>
    Math.max(heading.length, ...rows.map((row) => textWidth(row[key])));
  const widths = {
    id: wide('id', 'TRACE'),
    time: wide('time', 'START'),
    duration: wide('duration', 'DURATION'),
    spans: wide('spans', 'SPANS'),
    errors: wide('errors', ''),
  };
  const used = Object.values(widths).reduce((sum, width) => sum + width + 2, 0);
  const title = Math.max(20, widthOf(output) - used);
  const line = (row: (typeof rows)[number]) =>
    [
      fit(row.id, widths.id),
      fit(row.time, widths.time),
      row.duration.padStart(widths.duration),
      row.spans.padStart(widths.spans),
      ...(widths.errors === 0 ? [] : [red(fit(row.errors, widths.errors))]),
      textWidth(row.title) > title ? fit(row.title, title) : row.title,
    ].join('  ');
  const heading = line({
    id: 'TRACE',
    time: 'START',
    duration: 'DURATION',
    spans: 'SPANS',
    errors: '',
    title: 'ROOT',
  });
  const lines = [bold(heading), ...rows.map(line), dim(`draw one with "${PROGRAM} show TRACE"`)];
  return `${lines.join('\n')}\n`;
}
