import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BadRequestError, codeOf, messageOf, ViewerError } from '../errors.js';
import type { Span } from '../model/span.js';
import { SpanReader } from '../model/span-reader.js';

/** What stands for standard input in a list of files. */
export const STDIN = '-';
const CHUNK = 256 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** Some spans of a file. */
export interface SpansRead {
  spans: Span[];
  /** How many bytes of the file were read so far, as they are in it. */
  bytes: number;
}

/**
 * The spans of a file in any format that `SpanReader` takes, compressed by gzip or not.
 * @param file its path, or `-` for standard input
 * @throws ViewerError naming the file, the line and the span
 */
export async function* readSpanFile(file: string): AsyncGenerator<SpansRead> {
  const source = file === STDIN ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  const reader = new SpanReader();
  const progress = { bytes: 0 };
  try {
    for await (const chunk of decompressed(chunksOf(source, progress))) {
      const { spans, failure } = reader.push(chunk);
      // What is good is passed on before a failure is.
      yield { spans, bytes: progress.bytes };
      if (failure !== undefined) throw failure;
    }
    reader.end();
  } catch (error) {
    throw new ViewerError(sentence(error, file === STDIN ? 'standard input' : file));
  } finally {
    source.destroy();
  }
}

async function* chunksOf(source: Readable, progress: { bytes: number }): AsyncGenerator<Buffer> {
  for await (const chunk of source) {
    const bytes = Buffer.from(chunk);
    progress.bytes += bytes.length;
    yield bytes;
  }
}

async function* decompressed(chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0);
  // A pipe may give the first byte alone.
  while (head.length < GZIP.length) {
    const { value, done } = await chunks.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  if (!head.subarray(0, GZIP.length).equals(GZIP)) {
    yield head;
    yield* chunks;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // A failure of the source reaches the reader below through it.
  pipeline(all(head, chunks), gunzip, () => undefined);
  for await (const chunk of gunzip) yield Buffer.from(chunk);
}

async function* all(head: Buffer, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* chunks;
}

function sentence(error: unknown, name: string): string {
  const code = codeOf(error);
  if (code === 'ENOENT') return `there is no file ${name}`;
  if (code === 'EACCES' || code === 'EPERM') return `cannot read ${name}: permission denied`;
  if (code === 'EISDIR') return `${name} is a folder, and a file is needed`;
  if (code?.startsWith('Z_')) return `${name} is not valid gzip: ${messageOf(error)}`;
  return error instanceof BadRequestError
    ? `${name}, ${error.message}`
    : `cannot read ${name}: ${messageOf(error)}`;
}
