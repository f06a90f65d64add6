/**
 * Encodings of finished spans, and the exporters that send them.
 *
 * @module
 */
export type { ExporterOptions } from './exporter-options.js';
export { type HttpHeaders, type HttpTransportOptions, httpTransport } from './http-transport.js';
export { DEFAULT_OTLP_URL, OtlpExporter, type OtlpExporterOptions } from './otlp-exporter.js';
export { encodeOtlpJson } from './otlp-json.js';
export { encodeOtlp } from './otlp-proto.js';
export type { OtlpEncodeOptions } from './otlp-span.js';
export { SpoolError } from './spool-disk.js';
export type { SpoolOptions, SpoolStats } from './spool-options.js';
export type { Transport } from './transport.js';
export {
  DEFAULT_ZIPKIN_URL,
  ZipkinExporter,
  type ZipkinExporterOptions,
} from './zipkin-exporter.js';
export { encodeZipkinJson } from './zipkin-json.js';
export { encodeZipkinProto } from './zipkin-proto.js';
export type { EncodeOptions } from './zipkin-span.js';
