import {
  type Context,
  propagation,
  ROOT_CONTEXT,
  type TextMapGetter,
  type TextMapPropagator,
  trace,
} from '@opentelemetry/api';
import {
  forEachHeader,
  readCarrier,
  useTextCarrier,
  writeCarrier,
  writeItem,
} from '../carriers.js';
import { SpanContextCorruptedError } from '../errors.js';
import { baggage as w3cBaggage } from '../propagation/baggage.js';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import { baggageOf, mergedBaggage } from './baggage.js';
import { OpenTelemetrySpanContext } from './opentelemetry-span-context.js';

/** Of a propagator what is used here; the API of the registered one has no more. */
export type TextPropagator = Pick<TextMapPropagator, 'inject' | 'extract'>;

const COLLECTOR = {
  set(headers: Map<string, string>, name: string, value: string) {
    headers.set(name, value);
  },
};

/**
 * Writes what is in a context of OpenTelemetry into a carrier of OpenTracing.
 *
 * @throws InvalidCarrierError when the carrier does not go with the format, or cannot be written
 * @internal
 */
export function injectText(
  propagator: TextPropagator,
  inside: Context,
  format: string,
  carrier: unknown,
  onError: (error: unknown) => void,
): void {
  const headers = new Map<string, string>();
  try {
    propagator.inject(inside, headers, COLLECTOR);
  } catch (error) {
    // Of the propagator: the headers that it has set before are sent.
    onError(error);
  }
  useTextCarrier(format, carrier, (given) => {
    for (const [name, value] of headers) {
      if (format === FORMAT_HTTP_HEADERS) {
        writeCarrier(given, name.toLowerCase(), value);
      } else {
        writeItem(given, name, value);
      }
    }
  });
}

/**
 * Reads a span context from a carrier of OpenTracing.
 *
 * @throws InvalidCarrierError when the carrier does not go with the format, or cannot be read
 * @throws SpanContextCorruptedError where the propagator throws at what it finds
 * @internal
 */
export function extractText(
  propagator: TextPropagator,
  format: string,
  carrier: unknown,
): OpenTelemetrySpanContext | null {
  return useTextCarrier(format, carrier, (given) => {
    const reader = new CarrierReader();
    let found: Context;
    try {
      found = propagator.extract(ROOT_CONTEXT, given, reader);
    } catch (error) {
      throw new SpanContextCorruptedError('a propagator of OpenTelemetry throws at it', {
        cause: error,
      });
    }
    if (reader.failure !== undefined) {
      throw reader.failure;
    }
    const context = new OpenTelemetrySpanContext(
      trace.getSpanContext(found) ?? null,
      reader.completed(propagation.getBaggage(found) ?? null),
    );
    return context._hasIds() || Object.keys(context.baggage).length > 0 ? context : null;
  });
}

/** Reads carriers of any kind, and keeps what they throw apart from what propagators throw. */
class CarrierReader implements TextMapGetter<object> {
  failure: unknown;
  baggageHeader: string | undefined;

  get(carrier: object, name: string): string | undefined {
    const value = this.attempt(() => readCarrier(carrier, name.toLowerCase()));
    if (name === 'baggage') {
      this.baggageHeader = value;
    }
    return value;
  }

  keys(carrier: object): string[] {
    const names: string[] = [];
    this.attempt(() => forEachHeader(carrier, (name) => names.push(name)));
    return names;
  }

  attempt<R>(read: () => R): R | undefined {
    try {
      return read();
    } catch (error) {
      this.failure ??= error;
      return undefined;
    }
  }

  /** The item `__proto__` is lost by OpenTelemetry's own propagator, which fills a plain object. */
  completed(found: OpenTelemetrySpanContext['_otelBaggage']): typeof found {
    if (found === null || !this.baggageHeader?.includes('__proto__')) {
      return found;
    }
    const items = w3cBaggage.extract({ baggage: this.baggageHeader }, true)?.baggage ?? {};
    return Object.hasOwn(items, '__proto__')
      ? mergedBaggage(found, baggageOf({ ...items }))
      : found;
  }
}
