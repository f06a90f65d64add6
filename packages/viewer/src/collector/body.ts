import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { BadRequestError, codeOf, tooLarge } from '../errors.js';
import { refuseHarmfulJson } from './json-shape.js';

/** The most bytes that one request may carry, before and after decompression: 10 MiB. */
const BODY_LIMIT = 10 * 1024 * 1024;
/** What is still read and thrown away of a longer one, so that its sender hears the answer. */
const DRAIN_LIMIT = 10 * BODY_LIMIT;

/** The most spans that one request may carry; real ones of 10 MiB have some ten thousand. */
const MOST_SPANS = 100_000;
/** The most characters of what spans share in a request and each of them keeps. */
const MOST_SHARED_TEXT = 100_000_000;

const gunzipAsync = promisify(gunzip);

/**
 * The body of a request, decompressed.
 * @throws BadRequestError with the status and the sentence to answer
 */
export async function readBytes(request: Request): Promise<Buffer> {
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  return decompress(await readBody(request), encoding);
}

/**
 * Text of JSON, decoded.
 * @param expected what is needed instead of something else, for the sentence of a failure
 * @throws BadRequestError when it is not JSON in UTF-8, or would take very long to read
 */
export function parseJson(bytes: Uint8Array, expected: string): unknown {
  refuseHarmfulJson(bytes);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw new BadRequestError(`the body is not JSON, and ${expected} is needed`);
  }
}

/** The type in a `Content-Type`, in lower case and without parameters. */
export function mediaType(request: Request): string {
  const [type = ''] = (request.headers.get('content-type') ?? '').split(';');
  return type.trim().toLowerCase();
}

/** Whether a media type is protobuf's: the usual one, or the registered one. */
export function isProtobuf(type: string): boolean {
  return type === 'application/x-protobuf' || type === 'application/protobuf';
}

/**
 * A transaction of very many spans would keep all others waiting.
 * @param sharedText characters of the tags that spans share, counted with each span: twenty thousand
 * spans of a program with five thousand attributes fit into 10 MiB, and would be gigabytes
 * @throws BadRequestError over 100,000 spans or 100,000,000 characters
 */
export function refuseTooMany(spans: number, sharedText = 0): void {
  if (spans > MOST_SPANS) throw tooLarge(`the body has more than ${MOST_SPANS} spans`);
  if (sharedText > MOST_SHARED_TEXT) {
    throw tooLarge(
      `the attributes of resources and scopes, which each of their spans keeps, are over the limit of ${MOST_SHARED_TEXT} characters`,
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
  if (length > BODY_LIMIT) throw overLimit('the body');
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
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw overLimit('the decompressed body');
    throw new BadRequestError('the body is not valid gzip');
  }
}

function overLimit(what: string): BadRequestError {
  return tooLarge(`${what} is over the limit of ${BODY_LIMIT} bytes`);
}
