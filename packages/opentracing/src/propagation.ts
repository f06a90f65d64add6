/**
 * A span context as bytes; the carrier is a {@link BinaryCarrier}.
 *
 * Source: OpenTracing specification, "Note: required formats for injection and extraction".
 */
export const FORMAT_BINARY = 'binary';
/**
 * A span context as a map of strings whose names and values may hold any character; the carrier is
 * a plain object or a `Map`.
 */
export const FORMAT_TEXT_MAP = 'text_map';
/**
 * A span context as a map of strings that are fit for HTTP headers: names in any case, values
 * escaped. The carrier is a plain object, a `Map`, a `Headers`, or for extraction the raw header
 * array of Node (`[name, value, name, value]`).
 */
export const FORMAT_HTTP_HEADERS = 'http_headers';

/**
 * The carrier of {@link FORMAT_BINARY}: `inject` sets its buffer, `extract` reads it.
 *
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * const carrier = new BinaryCarrier();
 * tracer.inject(tracer.startSpan('send'), FORMAT_BINARY, carrier);
 * const received = new BinaryCarrier(Uint8Array.from(carrier.buffer ?? []));
 * console.log(tracer.extract(FORMAT_BINARY, received)?.toSpanId() !== undefined);
 * ```
 * ```text
 * true
 * ```
 */
export class BinaryCarrier {
  /** The encoded span context; `null` until something was injected. */
  buffer: ArrayLike<number> | null;

  /** @param buffer - an encoded span context, to extract; by default `null`, to inject into */
  constructor(buffer: ArrayLike<number> | null = null) {
    this.buffer = buffer;
  }
}
