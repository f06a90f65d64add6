import { summarize, type TraceSummary } from '../model/summary.js';
import { count, formatDuration, formatTime } from '../terminal/format.js';
import { type Column, drawTable } from '../terminal/table.js';
import { safeText } from '../terminal/text.js';
import { colorsFor, type Output, PROGRAM, widthOf } from './console.js';
import { type Filter, queryOf } from './filter.js';
import { openTraces } from './open-traces.js';

/** What `ls` is told. */
export interface ListOptions extends Filter {
  db?: string;
  limit: number;
  json?: boolean;
}

/** `opentracing-viewer ls`: one line a trace, the newest first. */
export function list(options: ListOptions, output: Output = process.stdout): number {
  const store = openTraces(options.db);
  try {
    const traces: TraceSummary[] = [];
    for (const spans of store.search(queryOf(options, options.limit)))
      traces.push(summarize(spans));
    if (options.json) output.write(`${JSON.stringify(traces, null, 2)}\n`);
    else if (traces.length === 0) output.write('no traces\n');
    else output.write(draw(traces, output));
    return 0;
  } finally {
    store.close();
  }
}

function draw(traces: readonly TraceSummary[], output: Output): string {
  const { bold, dim } = colorsFor(output);
  const [headings = '', ...rows] = drawTable(traceColumns(output), traces, widthOf(output));
  const lines = [bold(headings), ...rows, dim(`draw one with "${PROGRAM} show TRACE"`)];
  return `${lines.join('\n')}\n`;
}

function traceColumns(output: Output): Column<TraceSummary>[] {
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
