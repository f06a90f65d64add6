/**
 * The format given to `inject` or `extract` is not one that the tracer supports.
 *
 * Source: OpenTracing specification, "Inject a SpanContext into a carrier".
 */
export class UnsupportedFormatError extends Error {
  constructor(format: unknown) {
    super(
      `The format ${describe(format)} is not supported by this tracer; use FORMAT_TEXT_MAP, ` +
        'FORMAT_HTTP_HEADERS or FORMAT_BINARY, or register a propagator for it.',
    );
    this.name = 'UnsupportedFormatError';
  }
}

/**
 * The carrier given to `inject` or `extract` is not of a type that goes with the format.
 *
 * Source: OpenTracing specification, "Note: required formats for injection and extraction".
 */
export class InvalidCarrierError extends Error {
  constructor(format: string, carrier: unknown, expected: string) {
    super(`The format '${format}' takes ${expected} as its carrier, not ${describe(carrier)}.`);
    this.name = 'InvalidCarrierError';
  }
}

/**
 * The carrier holds a span context that cannot be read: data from the wire, not a programmer's
 * mistake. A server that gets it starts a new trace.
 *
 * Source: OpenTracing specification, "Extract a SpanContext from a carrier".
 */
export class SpanContextCorruptedError extends Error {
  constructor(reason: string, options?: ErrorOptions) {
    super(`The carrier holds a corrupted span context: ${reason}.`, options);
    this.name = 'SpanContextCorruptedError';
  }
}

/** A value as a message can show it: short, quoted where it is a string, and never throwing. */
function describe(value: unknown): string {
  if (typeof value === 'string') {
    return `'${value.slice(0, 80)}'`;
  }
  if (Array.isArray(value)) {
    return 'an array';
  }
  if (typeof value === 'function') {
    return 'a function';
  }
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
