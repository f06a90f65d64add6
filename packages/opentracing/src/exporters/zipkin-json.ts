import type { BasicSpan } from '../basictracer/basic-span.js';
import { toZipkinSpan } from './zipkin-span.js';

/** What an encoder has to know beside the spans. */
export interface EncodeOptions {
  /** The name of the service that the spans belong to. */
  serviceName: string;
}

const encoder = new TextEncoder();

/**
 * Finished spans as a list in Zipkin's v2 JSON: `application/json`, UTF-8.
 *
 * `span.kind` becomes the kind, the `peer.*` tags the remote endpoint, logs annotations; times are
 * whole microseconds.
 *
 * Source: Zipkin's v2 API, `POST /api/v2/spans`.
 *
 * @param spans - in any order, of any number of traces
 * @param options - what is the same for all of them
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * new BasicTracer({ recorder }).startSpan('bake').setTag('bread', 'rye').finish();
 * const bytes = encodeZipkinJson(recorder.spans, { serviceName: 'bakery' });
 * const [span] = JSON.parse(new TextDecoder().decode(bytes));
 * console.log(span.name, span.tags, span.localEndpoint);
 * ```
 * ```text
 * bake { bread: 'rye' } { serviceName: 'bakery' }
 * ```
 */
export function encodeZipkinJson(
  spans: readonly BasicSpan[],
  { serviceName }: EncodeOptions,
): Uint8Array {
  const localEndpoint = { serviceName };
  return encoder.encode(JSON.stringify(spans.map((span) => toZipkinSpan(span, localEndpoint))));
}
