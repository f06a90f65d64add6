import type { BasicSpan } from '../basictracer/basic-span.js';
import { tellMistyped } from '../basictracer/report-error.js';
import { pickOptions } from '../pick-options.js';
import { Delivery, type DeliveryOptions } from './delivery.js';
import { encodeWithin } from './encode-within.js';
import { checkMaxBodyBytes, collectorUrl, type ExporterOptions } from './exporter-options.js';
import {
  HTTP_TRANSPORT_OPTIONS,
  type HttpTransportOptions,
  httpTransport,
} from './http-transport.js';

/** What sets the exporter of one kind of collector apart from that of another. */
export interface CollectorKind {
  kind: DeliveryOptions['kind'];
  /** The name of the class. */
  name: string;
  /** The names of its options. */
  known: Readonly<Record<string, true>>;
  /** Where a collector listens by default. */
  url: string;
  contentType: string;
  encode(spans: readonly BasicSpan[]): Uint8Array;
  /** How it posts, unless the options say otherwise. */
  http: Partial<HttpTransportOptions>;
  /** Told of the answer to a body; throws where that was not taken after all. */
  checkAnswer?(answer: Uint8Array | undefined): void;
}

type Options = ExporterOptions & Partial<Pick<HttpTransportOptions, 'url'>>;

/**
 * What an exporter delivers with: over HTTP or by its transport, in bodies of a bounded size.
 *
 * @throws TypeError for a URL that is none, or for a value of another type
 * @throws RangeError for an option that is out of range
 * @throws SpoolError for a spool on a runtime without files, or in a directory that cannot be written
 * @internal
 */
export function deliveryTo(collector: CollectorKind, options: Options): Delivery {
  const { kind, name, known, contentType, encode, checkAnswer } = collector;
  const { onError, spool } = options;
  const maxBodyBytes = checkMaxBodyBytes(options.maxBodyBytes);
  const url = collectorUrl(options.url, collector.url);
  tellMistyped(onError, name, options, known);
  const http = pickOptions({ ...options, url }, HTTP_TRANSPORT_OPTIONS);
  const transport = options.transport ?? httpTransport({ ...collector.http, ...http });
  return new Delivery({
    kind,
    encode: (spans) => encodeWithin(spans, encode, contentType, maxBodyBytes),
    transport,
    post: async ({ body, contentType: type }) => {
      const answer = await transport(body, type);
      checkAnswer?.(answer ?? undefined);
    },
    spool,
    onError,
  });
}
