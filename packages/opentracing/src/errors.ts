import { describeValue } from './describe-value.js';

/**
 * The format given to `inject` or `extract` is not one that the tracer supports.
 *
 * Source: OpenTracing specification, "Inject a SpanContext into a carrier".
 */
export class UnsupportedFormatError extends Error {
  constructor(format: unknown) {
    super(
      `The format ${describeValue(format)} is not supported by this tracer; use FORMAT_TEXT_MAP, ` +
        'FORMAT_HTTP_HEADERS or FORMAT_BINARY, or register a propagator for it.',
    );
    this.name = 'UnsupportedFormatError';
  }

  /** @internal */
  static override [Symbol.hasInstance](error: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass, which inherits this, may be asked.
    return isInstance(error, this, UnsupportedFormatError, 'UnsupportedFormatError');
  }
}

/**
 * The carrier given to `inject` or `extract` is not of a type that goes with the format.
 *
 * Source: OpenTracing specification, "Note: required formats for injection and extraction".
 */
export class InvalidCarrierError extends Error {
  constructor(format: string, carrier: unknown, expected: string) {
    super(
      `The format '${format}' takes ${expected} as its carrier, not ${describeValue(carrier)}.`,
    );
    this.name = 'InvalidCarrierError';
  }

  /** @internal */
  static override [Symbol.hasInstance](error: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass, which inherits this, may be asked.
    return isInstance(error, this, InvalidCarrierError, 'InvalidCarrierError');
  }
}

/**
 * The carrier holds a span context that cannot be read: data from the wire, not a programmer's
 * mistake. A server that gets it starts a new trace.
 *
 * Source: OpenTracing specification, "Extract a SpanContext from a carrier".
 */
export class SpanContextCorruptedError extends Error {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(`The carrier holds a corrupted span context: ${reason}.`, options);
    this.name = 'SpanContextCorruptedError';
  }

  /** @internal */
  static override [Symbol.hasInstance](error: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass, which inherits this, may be asked.
    return isInstance(error, this, SpanContextCorruptedError, 'SpanContextCorruptedError');
  }
}

/**
 * What `instanceof` says of a typed error. The tracer may come from another copy of this package than
 * the code that catches what it throws: those errors are told by their name. A subclass is told as
 * usual.
 */
function isInstance(error: unknown, asked: object, type: object, name: string): boolean {
  return (
    Function.prototype[Symbol.hasInstance].call(asked as () => void, error) ||
    (asked === type && error instanceof Error && error.name === name)
  );
}
