import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BadRequestError, codeOf } from '../errors.js';
import { normalizeSpan } from '../model/normalize.js';
import type { Span } from '../model/span.js';

/** The most bytes that one request may carry, before and after decompression: 10 MiB. */
const BODY_LIMIT = 10 * 1024 * 1024;
/** What is still read and thrown away of a longer one, so that its sender hears the answer. */
const DRAIN_LIMIT = 10 * BODY_LIMIT;

const gunzipAsync = promisify(gunzip);

/**
 * The spans of a `POST /api/v2/spans`, normalised. An empty body is an empty list.
 * @throws BadRequestError with the status and the sentence to answer
 */
export async function readSpans(request: Request): Promise<Span[]> {
  refuseContentType(request.headers.get('content-type') ?? '');
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  const raw = await readBody(request);
  return parseSpans(await decompress(raw, encoding));
}

function refuseContentType(type: string): void {
  if (/\b(protobuf|thrift)\b/i.test(type)) {
    throw new BadRequestError(
      `spans in ${type} are not taken: send them in the Zipkin v2 JSON encoding (application/json)`,
      415,
    );
  }
}

async function readBody(request: Request): Promise<Buffer> {
  if (request.body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.byteLength;
    if (length <= BODY_LIMIT) chunks.push(chunk);
    else chunks.length = 0;
    if (length > DRAIN_LIMIT) break;
  }
  if (length > BODY_LIMIT) throw tooLarge('the body');
  return Buffer.concat(chunks);
}

async function decompress(raw: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === 'identity' || encoding === '' || raw.length === 0) return raw;
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    throw new BadRequestError(
      `the content encoding ${encoding} is not taken: send gzip or none`,
      415,
    );
  }
  try {
    return await gunzipAsync(raw, { maxOutputLength: BODY_LIMIT });
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw tooLarge('the decompressed body');
    throw new BadRequestError('the body is not valid gzip');
  }
}

function tooLarge(what: string): BadRequestError {
  return new BadRequestError(
    `${what} is over the limit of ${BODY_LIMIT} bytes: send the spans in smaller batches`,
    413,
  );
}

function parseSpans(bytes: Buffer): Span[] {
  if (bytes.length === 0) return [];
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new BadRequestError('the body is not JSON, and a Zipkin v2 JSON list of spans is needed');
  }
  if (!Array.isArray(value)) {
    throw new BadRequestError('the body must be a JSON list of spans in the Zipkin v2 format');
  }
  return value.map((each: unknown, index) => normalizeSpan(each, `span ${index}`));
}
