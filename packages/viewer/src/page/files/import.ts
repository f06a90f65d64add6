import { signal } from '@preact/signals';
import { BadRequestError, messageOf } from '../../errors.js';
import type { Span } from '../../model/span.js';
import { SpanReader } from '../../model/span-reader.js';
import { ApiError, postSpans } from '../api.js';
import { count } from '../format/count.js';
import { reloadAll } from '../load.js';
import { limits } from '../search/query.js';

/** What an import has done so far. */
export interface Imported {
  /** The name of the file that is being read; undefined when all have been. */
  reading: string | undefined;
  spans: number;
  traceIds: ReadonlySet<string>;
  /** When the first and the last span began, in milliseconds since the epoch. */
  from: number;
  to: number;
  /** A sentence for each file that could not be taken whole. */
  problems: readonly string[];
}

/** The import that is under way or was the last; undefined when there was none, or it was put away. */
export const imported = signal<Imported | undefined>(undefined);

const NOTHING: Imported = {
  reading: undefined,
  spans: 0,
  traceIds: new Set(),
  from: Number.POSITIVE_INFINITY,
  to: 0,
  problems: [],
};

/** The collector takes bodies of ten MiB; a character is three bytes at most. */
const MOST_CHARACTERS = 2 * 1024 * 1024;

const waiting: File[] = [];

/**
 * Reads spans out of files and gives them to the collector: whatever the command `import` takes, packed with
 * gzip too. Of a file in which something is wrong the spans before that are taken.
 */
export async function importFiles(files: Iterable<File>): Promise<void> {
  waiting.push(...files);
  if (imported.value?.reading !== undefined) return;
  imported.value = NOTHING;
  for (let file = waiting.shift(); file !== undefined; file = waiting.shift()) {
    note({ reading: file.name });
    await importFile(file);
  }
  note({ reading: undefined });
  reloadAll();
}

/** Where what was imported can be seen. */
export function importedHref({ traceIds, from, to }: Imported): string {
  const [only] = traceIds;
  if (traceIds.size === 1) return `/traces/${only}`;
  if (to === 0) return '/';
  const limit = limits.find((most) => most >= traceIds.size) ?? limits.at(-1);
  const params = { lookback: 'custom', from: String(from), to: String(to), limit: String(limit) };
  return `/?${new URLSearchParams(params)}`;
}

async function importFile(file: File): Promise<void> {
  const before = imported.value?.spans ?? 0;
  const reader = new SpanReader();
  try {
    const chunks = (await unpacked(file)).getReader();
    for (let next = await chunks.read(); !next.done; next = await chunks.read()) {
      const { spans, failure } = reader.push(next.value);
      await send(spans);
      if (failure !== undefined) throw failure;
    }
    reader.end();
  } catch (error) {
    const taken = (imported.value?.spans ?? 0) - before;
    const rest =
      taken > 0
        ? ` ${count(taken, 'span')} up to there ${taken === 1 ? 'was' : 'were'} taken.`
        : '';
    note({
      problems: [...(imported.value?.problems ?? []), `${file.name}: ${reasonOf(error)}.${rest}`],
    });
  }
}

async function unpacked(file: File): Promise<ReadableStream<Uint8Array>> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  const isGzip = first === 0x1f && second === 0x8b;
  return isGzip ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
}

async function send(spans: readonly Span[]): Promise<void> {
  let group: Span[] = [];
  let texts: string[] = [];
  let characters = 0;
  for (const span of spans) {
    const text = JSON.stringify(span);
    if (characters + text.length > MOST_CHARACTERS && group.length > 0) {
      await sendGroup(group, texts);
      [group, texts, characters] = [[], [], 0];
    }
    group.push(span);
    texts.push(text);
    characters += text.length + 1;
  }
  if (group.length > 0) await sendGroup(group, texts);
}

async function sendGroup(spans: readonly Span[], texts: readonly string[]): Promise<void> {
  await postSpans(`[${texts.join()}]`);
  const last = imported.value ?? NOTHING;
  const traceIds = new Set(last.traceIds);
  let { from, to } = last;
  for (const { traceId, timestamp } of spans) {
    traceIds.add(traceId);
    if (timestamp === undefined) continue;
    from = Math.min(from, Math.floor(timestamp / 1_000));
    to = Math.max(to, Math.ceil(timestamp / 1_000));
  }
  note({ spans: last.spans + spans.length, traceIds, from, to });
}

function note(change: Partial<Imported>): void {
  imported.value = { ...(imported.value ?? NOTHING), ...change };
}

function reasonOf(error: unknown): string {
  const reason = messageOf(error).replace(/\.$/, '');
  if (error instanceof BadRequestError) return reason;
  if (error instanceof ApiError)
    return error.status === 0 ? reason : `the collector says: ${reason}`;
  return `it cannot be read: ${reason}`;
}
