import { statSync } from 'node:fs';
import { ViewerError } from '../errors.js';
import type { Span } from '../model/span.js';
import { defaultDatabasePath } from '../store/default-path.js';
import { SpanStore } from '../store/store.js';
import { count } from '../terminal/format.js';
import { safeText } from '../terminal/text.js';
import { commandLine, type Output } from './console.js';
import { Progress } from './progress.js';
import { readSpanFile, STDIN } from './read-spans.js';

/** What `import` is told. */
export interface ImportOptions {
  /** Paths, or `-` for standard input; at least one. */
  files: readonly string[];
  db?: string;
}

/** Spans that are committed at once. */
const BATCH = 1_000;

/**
 * `opentracing-viewer import`: keeps the spans of files. Importing a file again changes nothing, since
 * the reports of a span are merged.
 * @throws ViewerError with one sentence that names the file, the line and the span, and says what was
 * imported up to there
 */
export async function importFiles(
  { files, db }: ImportOptions,
  output: Output = process.stdout,
): Promise<number> {
  const sizes = files.map(sizeOf);
  const store = new SpanStore(db ?? defaultDatabasePath());
  const progress = new Progress(process.stderr);
  const added = { spans: 0, traces: 0 };
  let waiting: Span[] = [];
  let stuck = false;
  const keep = () => {
    // Trying again would fail again.
    stuck = true;
    const { spans, traces } = store.add(waiting);
    added.spans += spans;
    added.traces += traces;
    waiting = [];
    stuck = false;
  };
  try {
    for (const [index, file] of files.entries()) {
      for await (const { spans, bytes } of readSpanFile(file)) {
        for (const span of spans) {
          waiting.push(span);
          if (waiting.length >= BATCH) keep();
        }
        const size = sizes[index];
        const part = size ? `, ${Math.floor((100 * bytes) / size)} % of ${safeText(file)}` : '';
        progress.say(`${count(added.spans, 'span')} imported${part}`);
      }
    }
    keep();
  } catch (error) {
    if (!(error instanceof ViewerError)) throw error;
    if (!stuck) keep();
    const taken = `${count(added.spans, 'span')} up to there ${added.spans === 1 ? 'was' : 'were'} imported`;
    throw new ViewerError(`${error.message} (${taken})`);
  } finally {
    progress.clear();
    store.close();
  }
  const what = `${count(added.spans, 'span')}, ${count(added.traces, 'new trace')}`;
  output.write(`imported ${what}; look with "${commandLine('ls', db)}"\n`);
  return 0;
}

/** @throws ViewerError when the file is missing, before anything is imported */
function sizeOf(file: string): number | undefined {
  if (file === STDIN) return undefined;
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new ViewerError(`there is no file ${file}`);
  return stats.size;
}
