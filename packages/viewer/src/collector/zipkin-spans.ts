import { BadRequestError } from '../errors.js';
import { normalizeSpan } from '../model/normalize.js';
import type { Span } from '../model/span.js';
import { mediaType, parseJson, readBytes } from './body.js';

/**
 * The spans of a `POST /api/v2/spans`, normalised. An empty body is an empty list.
 * @throws BadRequestError with the status and the sentence to answer
 */
export async function readSpans(request: Request): Promise<Span[]> {
  const type = mediaType(request);
  if (/\b(protobuf|thrift)\b/.test(type)) {
    throw new BadRequestError(
      `spans in ${type} are not taken: send them in the Zipkin v2 JSON encoding (application/json)`,
      415,
    );
  }
  return parseSpans(await readBytes(request));
}

function parseSpans(bytes: Uint8Array): Span[] {
  if (bytes.length === 0) return [];
  const value = parseJson(bytes, 'a Zipkin v2 JSON list of spans');
  if (!Array.isArray(value)) {
    throw new BadRequestError('the body must be a JSON list of spans in the Zipkin v2 format');
  }
  return value.map((each: unknown, index) => normalizeSpan(each, `span ${index}`));
}
