import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { labelOf } from '../model/label.js';
import { isError, type Span } from '../model/span.js';
import { summarize, type TraceSummary } from '../model/summary.js';
import { defaultDatabasePath } from '../store/default-path.js';
import { matches } from '../store/matches.js';
import { SpanStore } from '../store/store.js';
import { formatDuration, formatTime } from '../terminal/format.js';
import { fit, safeText, textWidth } from '../terminal/text.js';
import { colorsFor, type Output, widthOf } from './console.js';
import { type Filter, queryOf } from './filter.js';

/** What `tail` is told. */
export interface TailOptions extends Filter {
  db?: string;
  /** A line a span, rather than a line a trace. */
  spans?: boolean;
  json?: boolean;
}

/** How often the file is looked at, in milliseconds. */
const POLL = 200;
/** A trace is printed when nothing came for it for so long, in milliseconds, … */
const QUIET = 1_000;
/** … and when something comes all the time, so long after it began to come. */
const PATIENCE = 10_000;
/** Spans that are read at a time. */
const BATCH = 1_000;

/**
 * `opentracing-viewer tail`: a line for each trace that comes into the file from now on, whichever process
 * writes it, until Ctrl-C or SIGTERM, then ends with 0. A trace comes in pieces, so it is printed when it has
 * been quiet for a second; what comes even later prints it again, with all its spans.
 */
export async function tail(options: TailOptions, output: Output = process.stdout): Promise<number> {
  const stop = new AbortController();
  void Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => stop.abort());
  // Whoever follows first and collects afterwards means the same file.
  const store = new SpanStore(options.db ?? defaultDatabasePath());
  try {
    const query = queryOf(options, 1);
    let cursor = store.newestCursor();
    process.stderr.write(
      `opentracing-viewer: waiting for traces in ${safeText(store.path)}; press Ctrl-C to stop\n`,
    );
    const coming = new Coming();
    while (!stop.signal.aborted) {
      const added = store.spansAfter(cursor, BATCH);
      cursor = added.cursor;
      for (const span of added.spans) {
        if (!options.spans) coming.add(span.traceId, performance.now());
        else if (matches(query, [span])) writeSpan(span, options, output);
      }
      for (const traceId of coming.take(performance.now())) {
        const spans = store.trace(traceId) ?? [];
        if (matches(query, spans)) writeTrace(summarize(spans), options, output);
      }
      if (added.spans.length === 0) {
        await sleep(POLL, undefined, { signal: stop.signal }).catch(() => {});
      }
    }
    return 0;
  } finally {
    store.close();
  }
}

/** Traces of which spans came a moment ago. */
class Coming {
  /** @internal */
  readonly _traces = new Map<string, { first: number; last: number }>();

  /** A span of the trace came. @param now milliseconds */
  add(traceId: string, now: number): void {
    const trace = this._traces.get(traceId);
    if (trace === undefined) this._traces.set(traceId, { first: now, last: now });
    else trace.last = now;
  }

  /** Those to be printed now, which are then forgotten. */
  *take(now: number): Generator<string> {
    for (const [traceId, { first, last }] of this._traces) {
      if (now - last < QUIET && now - first < PATIENCE) continue;
      this._traces.delete(traceId);
      yield traceId;
    }
  }
}

function writeTrace(trace: TraceSummary, { json }: TailOptions, output: Output): void {
  if (json) {
    writeJson(trace, output);
    return;
  }
  writeLine(output, {
    traceId: trace.traceId,
    timestamp: trace.timestamp,
    duration: formatDuration(trace.duration),
    spans: String(trace.spanCount),
    errors: trace.errorCount === 0 ? '' : `✗ ${trace.errorCount}`,
    title: `${trace.service || '-'}: ${trace.name}`,
  });
}

function writeSpan(span: Span, { json }: TailOptions, output: Output): void {
  if (json) {
    writeJson(span, output);
    return;
  }
  writeLine(output, {
    traceId: span.traceId,
    timestamp: span.timestamp,
    duration: span.duration === undefined ? '' : formatDuration(span.duration),
    spans: '',
    errors: isError(span) ? '✗' : '',
    title: `${span.localEndpoint?.serviceName ?? '-'}: ${labelOf(span)}`,
  });
}

function writeJson(value: unknown, output: Output): void {
  output.write(`${JSON.stringify(value)}\n`);
}

/** The columns of a line, wide enough for almost all of what comes: nobody knows what comes next. */
const WIDTHS = { id: 16, time: 12, duration: 9, spans: 5, errors: 5 };
const LEAST_TITLE = 20;

function writeLine(
  output: Output,
  line: {
    traceId: string;
    timestamp: number | undefined;
    duration: string;
    spans: string;
    errors: string;
    title: string;
  },
): void {
  const { dim, red } = colorsFor(output);
  const time = line.timestamp === undefined ? '' : formatTime(line.timestamp).slice(11);
  const cells = [
    // Half of a 128-bit id is enough to name it: `show` takes the beginning of an id.
    dim(fit(line.traceId.slice(0, WIDTHS.id), WIDTHS.id)),
    dim(fit(time, WIDTHS.time)),
    line.duration.padStart(WIDTHS.duration),
    line.spans.padStart(WIDTHS.spans),
    red(line.errors.padEnd(WIDTHS.errors)),
  ];
  const used = Object.values(WIDTHS).reduce((sum, width) => sum + width + 2, 0);
  const room = Math.max(LEAST_TITLE, widthOf(output) - used);
  const title = safeText(line.title);
  output.write(`${[...cells, textWidth(title) > room ? fit(title, room) : title].join('  ')}\n`);
}
