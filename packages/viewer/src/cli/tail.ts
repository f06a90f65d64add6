import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { labelOf } from '../model/label.js';
import { isError, type Span } from '../model/span.js';
import { summarize, type TraceSummary } from '../model/summary.js';
import { defaultDatabasePath } from '../store/default-path.js';
import { type Patience, TraceFollower } from '../store/follow.js';
import { matches } from '../store/matches.js';
import type { TraceQuery } from '../store/query.js';
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
/** A line cannot be taken back, so a trace is printed when it is likely to be whole. */
const PATIENCE: Patience = { quiet: 1_000, longest: 10_000 };
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
    const look = options.spans
      ? lookForSpans(store, query, (span) => writeSpan(span, options, output))
      : lookForTraces(store, query, (spans) => writeTrace(summarize(spans), options, output));
    process.stderr.write(
      `opentracing-viewer: waiting for traces in ${safeText(store.path)}; press Ctrl-C to stop\n`,
    );
    while (!stop.signal.aborted) {
      const pause = look() ? 0 : POLL;
      await sleep(pause, undefined, { signal: stop.signal }).catch(() => {});
    }
    return 0;
  } finally {
    store.close();
  }
}

/** @returns a function that looks once into the file, and whether anything had come */
function lookForTraces(
  store: SpanStore,
  query: TraceQuery,
  found: (spans: Span[]) => void,
): () => boolean {
  const follower = new TraceFollower(store, query, PATIENCE);
  return () => {
    const hasCome = follower.read(performance.now());
    for (const spans of follower.due(performance.now())) found(spans);
    return hasCome;
  };
}

/** @returns a function that looks once into the file, and whether anything had come */
function lookForSpans(
  store: SpanStore,
  query: TraceQuery,
  found: (span: Span) => void,
): () => boolean {
  let after = store.newestCursor();
  return () => {
    const { cursor, spans } = store.spansAfter(after, BATCH);
    after = cursor;
    for (const span of spans) {
      if (matches(query, [span])) found(span);
    }
    return spans.length > 0;
  };
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
/** Without milliseconds and numbers of spans, in less than `NARROW` columns. */
const NARROW_WIDTHS = { ...WIDTHS, time: 8, spans: 0 };
const NARROW = 70;
const LEAST_TITLE = 10;

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
  const widths = widthOf(output) < NARROW ? NARROW_WIDTHS : WIDTHS;
  const time = line.timestamp === undefined ? '' : formatTime(line.timestamp).slice(11);
  const cells = [
    // Half of a 128-bit id is enough to name it: `show` takes the beginning of an id.
    dim(fit(line.traceId.slice(0, widths.id), widths.id)),
    dim(time.slice(0, widths.time).padEnd(widths.time)),
    line.duration.padStart(widths.duration),
    ...(widths.spans === 0 ? [] : [line.spans.padStart(widths.spans)]),
    red(line.errors.padEnd(widths.errors)),
  ];
  const used = Object.values(widths).reduce((sum, width) => sum + (width && width + 2), 0);
  const room = Math.max(LEAST_TITLE, widthOf(output) - used);
  const title = safeText(line.title);
  output.write(`${[...cells, textWidth(title) > room ? fit(title, room) : title].join('  ')}\n`);
}
