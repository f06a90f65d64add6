import { describeValue } from './describe-value.js';

/**
 * What the typed errors have in common: `instanceof` tells them by their name too, since the tracer
 * that throws may come from another copy of this package than the code that catches. A subclass is
 * told as usual.
 */
class TypedError extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = new.target._typeName();
  }

  /** @internal The names of classes do not survive minifiers. */
  static _typeName(): string {
    return 'Error';
  }

  /** @internal */
  static override [Symbol.hasInstance](error: unknown): boolean {
    // biome-ignore lint/complexity/noThisInStatic: a subclass, which inherits this, may be asked.
    return isInstance(error, this);
  }
}

function isInstance(error: unknown, type: typeof TypedError): boolean {
  return (
    Object.prototype.isPrototypeOf.call(type.prototype, error as object) ||
    (Object.hasOwn(type, '_typeName') && error instanceof Error && error.name === type._typeName())
  );
}

/**
 * The format given to `inject` or `extract` is not one that the tracer supports.
 *
 * Source: OpenTracing specification, "Inject a SpanContext into a carrier".
 */
export class UnsupportedFormatError extends TypedError {
  constructor(format: unknown) {
    super(
      `The format ${describeValue(format)} is not supported; use FORMAT_TEXT_MAP, ` +
        'FORMAT_HTTP_HEADERS or FORMAT_BINARY, or register a propagator.',
    );
  }

  /** @internal */
  static override _typeName(): string {
    return 'UnsupportedFormatError';
  }
}

/**
 * The carrier given to `inject` or `extract` is not of a type that goes with the format.
 *
 * Source: OpenTracing specification, "Note: required formats for injection and extraction".
 */
export class InvalidCarrierError extends TypedError {
  /** @param options - with the cause where the carrier threw it when it was read or written */
  constructor(format: string, carrier: unknown, expected: string, options?: { cause?: unknown }) {
    super(
      `The format '${format}' takes ${expected} as its carrier, not ${describeValue(carrier)}.`,
      options,
    );
  }

  /** @internal */
  static override _typeName(): string {
    return 'InvalidCarrierError';
  }
}

/**
 * The carrier holds a span context that cannot be read: data from the wire, not a programmer's
 * mistake. A server that gets it starts a new trace.
 *
 * Source: OpenTracing specification, "Extract a SpanContext from a carrier".
 */
export class SpanContextCorruptedError extends TypedError {
  constructor(reason: string, options?: { cause?: unknown }) {
    super(`The carrier holds a corrupted span context: ${reason}.`, options);
  }

  /** @internal */
  static override _typeName(): string {
    return 'SpanContextCorruptedError';
  }
}
