import { diagnose } from '../model/diagnosis/diagnose.js';
import type { Span } from '../model/span.js';
import { summarize, type TraceSummary } from '../model/summary.js';
import { buildTrace } from '../model/tree.js';
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
    const traces: Row[] = [];
    for (const spans of store.search(queryOf(options, options.limit))) {
      traces.push({ ...summarize(spans), warningCount: warningsIn(spans) });
    }
    if (options.json) output.write(`${JSON.stringify(traces, null, 2)}\n`);
    else if (traces.length === 0) output.write('no traces\n');
    else output.write(draw(traces, output));
    return 0;
  } finally {
    store.close();
  }
}

/** A trace, and how many warnings of lost context and the like its spans give by themselves. */
interface Row extends TraceSummary {
  warningCount: number;
}

function warningsIn(spans: readonly Span[]): number {
  return diagnose(buildTrace(spans)).filter(({ severity }) => severity === 'warning').length;
}

function draw(traces: readonly Row[], output: Output): string {
  const { bold, dim } = colorsFor(output);
  const [headings = '', ...rows] = drawTable(traceColumns(output), traces, widthOf(output));
  const lines = [bold(headings), ...rows, dim(`draw one with "${PROGRAM} show TRACE"`)];
  return `${lines.join('\n')}\n`;
}

function traceColumns(output: Output): Column<Row>[] {
  const { red, yellow } = colorsFor(output);
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
    {
      heading: '',
      text: ({ warningCount }) => (warningCount === 0 ? '' : `! ${count(warningCount, 'warning')}`),
      paint: yellow,
    },
    { heading: 'ROOT', text: ({ service, name }) => safeText(`${service || '-'}: ${name}`) },
  ];
}
