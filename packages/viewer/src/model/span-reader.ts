import { BadRequestError, messageOf } from '../errors.js';
import { JsonObjects } from './json-objects.js';
import { normalizeSpan } from './normalize.js';
import { readOtlp } from './otlp-read.js';
import type { Span } from './span.js';

/**
 * Takes the spans out of a file while it is read, normalised: Zipkin v2 JSON as a list of spans or of
 * traces, OTLP JSON as a request or a list of them, or any of these one after another, as
 * OpenTelemetry's collector writes files.
 */
export class SpanReader {
  /** @internal */
  readonly _objects = new JsonObjects();
  /** @internal Spans of earlier chunks. */
  _count = 0;

  /**
   * @param chunk the next bytes of the file, decompressed
   * @returns the spans that are complete with them; when something is wrong, those before it, of a
   * request of OTLP those after it, too, and a `BadRequestError` that names the line and the span, after
   * which nothing more can be read
   */
  push(chunk: Uint8Array): { spans: Span[]; failure?: unknown } {
    const spans: Span[] = [];
    try {
      for (const object of this._objects.push(chunk)) {
        const read = readSpans(object.bytes, this._count + spans.length);
        for (const span of read.spans) spans.push(span);
        const { reason } = read;
        if (reason !== undefined) throw new BadRequestError(`line ${object.line}: ${reason}`);
      }
    } catch (failure) {
      return { spans, failure };
    }
    this._count += spans.length;
    return { spans };
  }

  /** @throws BadRequestError when the file ends within an object or a list */
  end(): void {
    this._objects.end();
  }
}

/** The good spans of an object, and what is wrong with the first of the others. */
function readSpans(bytes: Uint8Array, count: number): { spans: Span[]; reason?: string } {
  try {
    const value = parse(bytes);
    if (!has(value, 'resourceSpans')) {
      if (!has(value, 'traceId') && !has(value, 'id')) {
        throw new BadRequestError('neither a span of Zipkin v2 nor OTLP begins here');
      }
      return { spans: [normalizeSpan(value, `span ${count}`)] };
    }
    return readOtlp(value);
  } catch (error) {
    if (!(error instanceof BadRequestError)) throw error;
    return { spans: [], reason: error.message };
  }
}

function has(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && key in value;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    throw new BadRequestError(`the object that begins here is not JSON: ${messageOf(error)}`);
  }
}
