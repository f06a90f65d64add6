import { type DependencyLink, linksOf } from '../model/links.js';
import type { Span } from '../model/span.js';
import { extent } from '../model/summary.js';
import { formatRate, formatShare } from '../terminal/format.js';
import { drawTable } from '../terminal/table.js';
import { safeText } from '../terminal/text.js';
import { colorsFor, type Output, widthOf } from './console.js';
import { type Filter, queryOf } from './filter.js';
import { openTraces } from './open-traces.js';

/** What `deps` is told. */
export interface DependenciesOptions extends Pick<Filter, 'since'> {
  db?: string;
  json?: boolean;
}

/** One service that calls another: a line of the table, and an object of the JSON. */
interface Dependency extends DependencyLink {
  errorCount: number;
  /** Errors per call, 0 to 1. */
  errorShare: number;
  /** Absent when no time passed between the first span and the last. */
  callsPerSecond?: number;
}

/** `opentracing-viewer deps`: which service calls which, how often, and how often that fails. */
export function dependencies(
  options: DependenciesOptions,
  output: Output = process.stdout,
): number {
  const store = openTraces(options.db);
  try {
    const query = queryOf(options, Number.MAX_SAFE_INTEGER);
    const found = measure(store.searchWhole(query), options.since);
    if (options.json) output.write(`${JSON.stringify(found, null, 2)}\n`);
    else if (found.length === 0) output.write('no service calls another\n');
    else output.write(draw(found, output));
    return 0;
  } finally {
    store.close();
  }
}

/** The busiest caller first, and under each caller what it calls most. */
function measure(traces: Iterable<Span[]>, since: number | undefined): Dependency[] {
  let first = Number.POSITIVE_INFINITY;
  let last = 0;
  function* timed() {
    for (const spans of traces) {
      const { start, end } = extent(spans);
      first = Math.min(first, start ?? first);
      last = Math.max(last, end ?? last);
      yield spans;
    }
  }
  const links = linksOf(timed());
  const seconds = since === undefined ? (last - first) / 1_000_000 : (Date.now() - since) / 1_000;
  const calls = new Map<string, number>();
  for (const { parent, callCount } of links) {
    calls.set(parent, (calls.get(parent) ?? 0) + callCount);
  }
  const busiest = (a: DependencyLink, b: DependencyLink) =>
    (calls.get(b.parent) ?? 0) - (calls.get(a.parent) ?? 0) ||
    a.parent.localeCompare(b.parent) ||
    b.callCount - a.callCount ||
    a.child.localeCompare(b.child);
  return links.sort(busiest).map((link) => {
    const errorCount = link.errorCount ?? 0;
    return {
      ...link,
      errorCount,
      errorShare: errorCount / link.callCount,
      ...(seconds > 0 ? { callsPerSecond: link.callCount / seconds } : {}),
    };
  });
}

function draw(found: readonly Dependency[], output: Output): string {
  const { bold, red } = colorsFor(output);
  const [headings = '', ...rows] = drawTable<Dependency>(
    [
      { heading: 'CALLER', text: ({ parent }) => safeText(parent) },
      { heading: 'CALLS', text: ({ callCount }) => String(callCount), right: true },
      {
        heading: 'RATE',
        text: ({ callsPerSecond }) =>
          callsPerSecond === undefined ? '' : formatRate(callsPerSecond),
        right: true,
      },
      {
        heading: 'ERRORS',
        text: ({ errorCount }) => (errorCount === 0 ? '' : `✗ ${errorCount}`),
        right: true,
        paint: red,
      },
      {
        heading: 'SHARE',
        text: ({ errorCount, errorShare }) => (errorCount === 0 ? '' : formatShare(errorShare)),
        right: true,
        paint: red,
      },
      { heading: 'CALLED', text: ({ child }) => safeText(child) },
    ],
    found,
    widthOf(output),
  );
  return `${[bold(headings), ...rows].join('\n')}\n`;
}
