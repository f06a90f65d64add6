import { countWarnings } from '../model/diagnosis/diagnose-all.js';
import { summarize, type TraceSummary } from '../model/summary.js';
import { buildTrace } from '../model/tree.js';
import { count, formatDuration, formatTime } from '../terminal/format.js';
import { type Column, drawTable } from '../terminal/table.js';
import { safeText } from '../terminal/text.js';
import { colorsFor, commandLine, type Output, widthOf } from './console.js';
import { type Filter, queryOf, searchOf } from './filter.js';
import { noTracesYet, openTraces } from './open-traces.js';

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
    const found = [...store.search(queryOf(options, options.limit))];
    const warnings = countWarnings(found.map(buildTrace));
    const traces = found.map(summarize).map((summary): Row => {
      return { ...summary, warningCount: warnings.get(summary.traceId) ?? 0 };
    });
    if (options.json) output.write(`${JSON.stringify(traces, null, 2)}\n`);
    else if (traces.length === 0) output.write(`${nothing(options, store.path)}\n`);
    else output.write(draw(traces, options, output));
    return 0;
  } finally {
    store.close();
  }
}

/** A trace, and how many warnings of lost context and the like it gives beside the others of the list. */
interface Row extends TraceSummary {
  warningCount: number;
}

/** The search as it was read: a shell's quotes make one term of what was meant as several. */
function nothing(options: ListOptions, path: string): string {
  const search = searchOf(options);
  if (search === '' && options.since === undefined) return noTracesYet(path, options.db);
  const since = options.since === undefined ? '' : ` since ${formatTime(options.since * 1_000)}`;
  return `no trace${since}${search === '' ? '' : ` with ${safeText(search)}`}`;
}

function draw(traces: readonly Row[], { db }: ListOptions, output: Output): string {
  const { bold, dim } = colorsFor(output);
  const [headings = '', ...rows] = drawTable(traceColumns(output), traces, widthOf(output));
  const lines = [bold(headings), ...rows, dim(`draw one with "${commandLine('show TRACE', db)}"`)];
  return `${lines.join('\n')}\n`;
}

/** In less than so many columns there is no room for words and years, … */
const NARROW = 100;
/** … and in less than these none for seconds and numbers of spans. */
const VERY_NARROW = 70;

function traceColumns(output: Output): Column<Row>[] {
  const { red, yellow } = colorsFor(output);
  const width = widthOf(output);
  const isNarrow = width < NARROW;
  const isVeryNarrow = width < VERY_NARROW;
  const clock = (time: string) => time.slice(isNarrow ? 5 : 0, isVeryNarrow ? 16 : 19);
  const tell = (sign: string, number: number, noun: string) =>
    number === 0 ? '' : `${sign} ${isNarrow ? number : count(number, noun)}`;
  const spans: Column<Row> = {
    heading: 'SPANS',
    text: ({ spanCount }) => String(spanCount),
    right: true,
  };
  return [
    // Half of a 128-bit id is enough to name it: `show` takes the beginning of an id.
    { heading: 'TRACE', text: ({ traceId }) => traceId.slice(0, 16) },
    {
      heading: 'START',
      text: ({ timestamp }) => (timestamp === undefined ? '' : clock(formatTime(timestamp))),
    },
    { heading: 'DURATION', text: ({ duration }) => formatDuration(duration), right: true },
    ...(isVeryNarrow ? [] : [spans]),
    { heading: '', text: ({ errorCount }) => tell('✗', errorCount, 'error'), paint: red },
    { heading: '', text: ({ warningCount }) => tell('!', warningCount, 'warning'), paint: yellow },
    { heading: 'ROOT', text: ({ service, name }) => safeText(`${service || '-'}: ${name}`) },
  ];
}
