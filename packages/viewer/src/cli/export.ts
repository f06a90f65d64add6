import { createWriteStream } from 'node:fs';
import { Readable, type Transform, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { BadRequestError, messageOf, ViewerError } from '../errors.js';
import type { Span } from '../model/span.js';
import { type Format, writeTraces } from '../model/span-files.js';
import type { SpanStore } from '../store/store.js';
import { count } from '../terminal/format.js';
import { safeText } from '../terminal/text.js';
import { queryOf } from './filter.js';
import { findTraceId } from './find-trace.js';
import { openTraces } from './open-traces.js';
import { Progress } from './progress.js';

/** What `export` is told. */
export interface ExportOptions {
  db?: string;
  /** A trace id, the beginning of one, or `last`. Default: all traces. */
  trace?: string | undefined;
  /** Only traces that match these terms. */
  search?: string;
  format: Format;
  /** The file to write, compressed when its name ends in `.gz`. Default: standard output. */
  output?: string;
}

/**
 * `opentracing-viewer export`: writes traces as Zipkin v2 JSON, one list with a span on each line, or
 * as OTLP JSON, a request with one trace on each line. One trace at a time is in memory.
 * @throws BadRequestError when both a trace and a search are given
 * @throws ViewerError when the trace is not there or the file cannot be written
 */
export async function exportTraces(options: ExportOptions): Promise<number> {
  if (options.trace !== undefined && options.search !== undefined) {
    throw new BadRequestError('export takes a trace or --search, and both were given');
  }
  const store = openTraces(options.db);
  const progress = new Progress(process.stderr);
  const written = { traces: 0, spans: 0 };
  try {
    const chosen = counted(tracesOf(store, options), written, () =>
      progress.say(`${count(written.traces, 'trace')} exported`),
    );
    await write(writeTraces(options.format, chosen), options.output);
  } finally {
    progress.clear();
    store.close();
  }
  if (options.output !== undefined) {
    const what = `${count(written.traces, 'trace')}, ${count(written.spans, 'span')}`;
    process.stdout.write(`exported ${what} to ${safeText(options.output)}\n`);
  }
  return 0;
}

function tracesOf(store: SpanStore, { trace, search, db }: ExportOptions): Iterable<Span[]> {
  if (trace !== undefined) return store.partsOf(findTraceId(store, trace, db));
  if (search === undefined) return store.traces();
  return store.searchParts(queryOf({ query: search }, Number.MAX_SAFE_INTEGER));
}

function* counted(
  traces: Iterable<Span[]>,
  written: { traces: number; spans: number },
  done: () => void,
): Generator<Span[]> {
  let last: string | undefined;
  for (const spans of traces) {
    // A large trace comes in parts.
    if (spans[0]?.traceId !== last) written.traces += 1;
    last = spans[0]?.traceId;
    written.spans += spans.length;
    yield spans;
    done();
  }
}

async function write(chunks: Iterable<string>, output: string | undefined): Promise<void> {
  if (output === undefined) {
    await pipeline(Readable.from(chunks), process.stdout, { end: false });
    return;
  }
  try {
    const file: Writable = createWriteStream(output);
    const packing: Transform[] = output.endsWith('.gz') ? [createGzip()] : [];
    await pipeline([Readable.from(chunks), ...packing, file]);
  } catch (error) {
    throw error instanceof ViewerError
      ? error
      : new ViewerError(`cannot write to ${output}: ${messageOf(error)}`);
  }
}
