import { BadRequestError } from '../errors.js';
import { normalizeSpan } from '../model/normalize.js';
import type { Span } from '../model/span.js';
import { isProtobuf, mediaType, parseJson, readBytes, refuseTooMany } from './body.js';
import type { CollectorMetrics } from './metrics.js';
import { decodeZipkinProto } from './zipkin-proto.js';

/**
 * The spans of a `POST /api/v2/spans`, normalised. An empty body is an empty list. The metrics are
 * told of it, whether it is good or not.
 * @throws BadRequestError with the status and the sentence to answer
 */
export async function readSpans(request: Request, metrics: CollectorMetrics): Promise<Span[]> {
  try {
    const bytes = await readBytes(request);
    const spans = decode(bytes, mediaType(request));
    metrics.received(bytes.length, spans.length);
    return spans;
  } catch (error) {
    metrics.refused();
    throw error;
  }
}

function decode(bytes: Buffer, type: string): Span[] {
  if (type.includes('thrift')) {
    throw new BadRequestError(
      `spans in ${type} are not taken: send the Zipkin v2 format as application/json or application/x-protobuf`,
      415,
    );
  }
  if (bytes.length === 0) return [];
  return isProtobuf(type) ? decodeZipkinProto(bytes) : decodeJson(bytes);
}

function decodeJson(bytes: Buffer): Span[] {
  const value = parseJson(bytes, 'a Zipkin v2 JSON list of spans');
  if (!Array.isArray(value)) {
    throw new BadRequestError('the body must be a JSON list of spans in the Zipkin v2 format');
  }
  refuseTooMany(value.length);
  return value.map((each: unknown, index) => normalizeSpan(each, `span ${index}`));
}
