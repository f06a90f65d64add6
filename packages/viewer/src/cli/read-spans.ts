import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BadRequestError, codeOf, messageOf, ViewerError } from '../errors.js';
import { normalizeSpan } from '../model/normalize.js';
import { readOtlp } from '../model/otlp-read.js';
import type { Span } from '../model/span.js';
import { type JsonObject, JsonObjects } from './json-objects.js';

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
 * The spans of a file, normalised, while it is read: Zipkin v2 JSON as a list of spans or of traces,
 * OTLP JSON as a request or a list of them, or any of these one after another, as OpenTelemetry's
 * collector writes files. Compressed by gzip or not.
 * @param file its path, or `-` for standard input
 * @throws ViewerError naming the file, the line and the span
 */
export async function* readSpanFile(file: string): AsyncGenerator<SpansRead> {
  const source = file === STDIN ? process.stdin : createReadStream(file, { highWaterMark: CHUNK });
  const objects = new JsonObjects();
  const progress = { bytes: 0 };
  let count = 0;
  try {
    for await (const chunk of decompressed(chunksOf(source, progress))) {
      const spans: Span[] = [];
      let failure: unknown;
      try {
        for (const object of objects.push(chunk)) {
          for (const span of spansOf(object, count + spans.length)) spans.push(span);
        }
      } catch (error) {
        failure = error;
      }
      // What is good is passed on before a failure is.
      yield { spans, bytes: progress.bytes };
      if (failure !== undefined) throw failure;
      count += spans.length;
    }
    objects.end();
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

function spansOf({ bytes, line }: JsonObject, count: number): Span[] {
  try {
    const value = parse(bytes);
    if (!has(value, 'resourceSpans')) {
      if (!has(value, 'traceId') && !has(value, 'id')) {
        throw new BadRequestError('neither a span of Zipkin v2 nor OTLP begins here');
      }
      return [normalizeSpan(value, `span ${count}`)];
    }
    const { spans, reason } = readOtlp(value);
    if (reason !== undefined) throw new BadRequestError(reason);
    return spans;
  } catch (error) {
    throw error instanceof BadRequestError
      ? new BadRequestError(`line ${line}: ${error.message}`)
      : error;
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

function parse(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new BadRequestError(`the object that begins here is not JSON: ${messageOf(error)}`);
  }
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
