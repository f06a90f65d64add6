import { type Context, Hono } from 'hono';
import { PbfWriter } from 'pbf';
import { BadRequestError, messageOf } from '../errors.js';
import { type OtlpSpans, readOtlp } from '../model/otlp-read.js';
import type { Added, SpanStore } from '../store/store.js';
import { isProtobuf, mediaType, parseJson, readBytes, refuseTooMany } from './body.js';
import { allowPosts } from './guard.js';
import { keepSpans } from './keep-spans.js';
import type { CollectorMetrics } from './metrics.js';
import { decodeOtlp } from './otlp-proto.js';

const JSON_TYPE = 'application/json';
const PROTOBUF_TYPE = 'application/x-protobuf';

/** What the routes of OTLP need. */
export interface OtlpOptions {
  store: SpanStore;
  /** Called with what each accepted request added. */
  onAdded(added: Added): void;
}

/** One of the two encodings: how a request is read, and an answer written. */
interface Encoding {
  type: string;
  decode(bytes: Buffer): unknown;
  /** An `ExportTraceServiceResponse`. */
  encodeResult(result: OtlpSpans): Uint8Array<ArrayBuffer>;
  /** A `google.rpc.Status`, of which only the message is used. */
  encodeStatus(message: string): Uint8Array<ArrayBuffer>;
}

/**
 * OTLP/HTTP: `POST /v1/traces` in protobuf and in JSON, answered in the same encoding.
 *
 * Source: OTLP 1.x, "OTLP/HTTP".
 */
export function createOtlp({ store, onAdded }: OtlpOptions, metrics: CollectorMetrics): Hono {
  const app = new Hono();
  app.use('/traces', allowPosts);
  app.post('/traces', async (c) => {
    const encoding = encodingOf(mediaType(c.req.raw));
    let result: OtlpSpans;
    try {
      const bytes = await readBytes(c.req.raw);
      result = readOtlp(encoding.decode(bytes), refuseTooMany);
      metrics.received(bytes.length, result.spans.length + result.rejected);
      metrics.dropped(result.rejected);
    } catch (error) {
      metrics.refused();
      if (!(error instanceof BadRequestError)) throw error;
      return answer(c, error.status, encoding, encoding.encodeStatus(error.message));
    }
    try {
      onAdded(keepSpans(store, c.req.raw, result.spans));
    } catch (error) {
      metrics.dropped(result.spans.length);
      // Not the sender's fault, and worth trying again: a full disk, a locked file.
      const message = `the spans could not be stored: ${messageOf(error)}`;
      return answer(c, 503, encoding, encoding.encodeStatus(message));
    }
    return answer(c, 200, encoding, encoding.encodeResult(result));
  });
  app.all('/traces', (c) => {
    c.header('Allow', 'POST');
    return c.text(`${c.req.method} ${c.req.path} is not answered: POST spans to it`, 405);
  });
  for (const signal of ['metrics', 'logs']) {
    app.all(`/${signal}`, (c) =>
      c.text(`${signal} are not kept here: set OTEL_${signal.toUpperCase()}_EXPORTER=none`, 404),
    );
  }
  return app;
}

function encodingOf(type: string): Encoding {
  if (type === JSON_TYPE) return JSON_ENCODING;
  if (isProtobuf(type)) return PROTOBUF_ENCODING;
  throw new BadRequestError(
    `the content type ${type || 'of nothing'} is not taken: send ${PROTOBUF_TYPE} or ${JSON_TYPE}`,
    415,
  );
}

const JSON_ENCODING: Encoding = {
  type: JSON_TYPE,
  decode: (bytes) =>
    bytes.length === 0 ? {} : parseJson(bytes, 'an ExportTraceServiceRequest in OTLP JSON'),
  encodeResult: ({ rejected, reason }) =>
    jsonBytes(
      rejected === 0
        ? {}
        : { partialSuccess: { rejectedSpans: String(rejected), errorMessage: reason } },
    ),
  encodeStatus: (message) => jsonBytes({ message }),
};

const PROTOBUF_ENCODING: Encoding = {
  type: PROTOBUF_TYPE,
  decode: decodeOtlp,
  encodeResult({ rejected, reason = '' }) {
    const writer = new PbfWriter();
    if (rejected > 0) writer.writeMessage(1, writePartialSuccess, { rejected, reason });
    return Uint8Array.from(writer.finish());
  },
  encodeStatus(message) {
    const writer = new PbfWriter();
    writer.writeStringField(2, message);
    return Uint8Array.from(writer.finish());
  },
};

function writePartialSuccess(
  { rejected, reason }: { rejected: number; reason: string },
  writer: PbfWriter,
): void {
  writer.writeVarintField(1, rejected);
  writer.writeStringField(2, reason);
}

function jsonBytes(value: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}

function answer(
  c: Context,
  status: 200 | 400 | 413 | 415 | 503,
  { type }: Encoding,
  body: Uint8Array<ArrayBuffer>,
): Response {
  return c.body(body, status, { 'Content-Type': type, 'Cache-Control': 'no-store' });
}
