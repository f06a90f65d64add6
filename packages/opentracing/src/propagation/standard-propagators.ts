import { isTextCarrier, useBinaryCarrier, wrongTextCarrier } from '../carriers.js';
import { describeValue } from '../describe-value.js';
import { SpanContextCorruptedError } from '../errors.js';
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from '../propagation.js';
import type { SpanContext } from '../span-context.js';
import { b3, b3multi, b3multiAlone } from './b3.js';
import { baggage } from './baggage.js';
import { BaggageBuilder } from './baggage-items.js';
import type { BasicSpanContext } from './basic-span-context.js';
import { jaeger } from './jaeger.js';
import { ottrace } from './ottrace.js';
import { decodeTracerState, encodeTracerState } from './ottrace-binary.js';
import { ownContext } from './own-context.js';
import type { Propagator } from './propagator.js';
import type { TextFormat } from './text-format.js';
import { tracecontext } from './trace-context.js';

/** The standard name of a propagation format, as `OTEL_PROPAGATORS` has them. */
export type PropagationFormat =
  | 'tracecontext'
  | 'baggage'
  | 'b3'
  | 'b3multi'
  | 'jaeger'
  | 'ottrace';

const FORMATS: Record<PropagationFormat, TextFormat> = {
  tracecontext,
  baggage,
  b3,
  b3multi,
  jaeger,
  ottrace,
};

/** A propagator of one of the standard formats. */
export interface StandardPropagator extends Propagator<BasicSpanContext> {
  /**
   * Writes `context` into `carrier`: that of any tracer, with its ids and its baggage. What is no
   * context is ignored.
   *
   * @throws InvalidCarrierError when the carrier does not go with the format, or cannot be written
   */
  inject(context: SpanContext, carrier: unknown): void;
}

/** The names that {@link textPropagator} knows. */
export const PROPAGATION_FORMATS = Object.keys(FORMATS) as readonly PropagationFormat[];

/**
 * A propagator for text carriers. All formats are injected; extraction tries them in order, takes the
 * ids from the first that has some and the baggage from all.
 *
 * @param names - at least one of {@link PROPAGATION_FORMATS}; either of the names `b3` and `b3multi`
 *   extracts both forms
 * @param format - `FORMAT_HTTP_HEADERS`, where values are escaped, or `FORMAT_TEXT_MAP`
 * @throws RangeError for a name that is not known
 * @throws TypeError for what is no list
 * @example
 * ```ts
 * const b3 = textPropagator(['b3', 'baggage']);
 * const context = b3.extract({ b3: '463ac35c9f6413ad-a2fb4a1d1a96d312-1', baggage: 'user=ada' });
 * console.log(context?.toTraceId(), context?.baggage.user);
 * ```
 * ```text
 * 463ac35c9f6413ad ada
 * ```
 */
export function textPropagator(
  names: readonly PropagationFormat[],
  format: typeof FORMAT_HTTP_HEADERS | typeof FORMAT_TEXT_MAP = FORMAT_HTTP_HEADERS,
): StandardPropagator {
  if (!Array.isArray(names)) {
    throw new TypeError(
      `The propagation is '${names}'; give a list of names, such as ['b3', 'baggage'].`,
    );
  }
  const formats = names.map(formatOf);
  const injected = forInjection(formats);
  const isHttp = format === FORMAT_HTTP_HEADERS;
  return {
    inject(context, carrier) {
      const own = ownContext(context);
      let cause: unknown;
      try {
        if (isTextCarrier(carrier)) {
          for (const one of own === null ? [] : injected) {
            one.inject(own as BasicSpanContext, carrier, isHttp);
          }
          return;
        }
      } catch (error) {
        cause = error;
      }
      throw wrongTextCarrier(format, carrier, cause);
    },
    extract(carrier) {
      let cause: unknown;
      try {
        if (isTextCarrier(carrier)) {
          return extractAll(formats, carrier, isHttp);
        }
      } catch (error) {
        cause = error;
      }
      throw wrongTextCarrier(format, carrier, cause);
    },
  };
}

/** B3's single header before the several: writing it removes what another context left of either form. */
function forInjection(formats: readonly TextFormat[]): readonly TextFormat[] {
  if (!formats.includes(b3)) {
    return formats.map((one) => (one === b3multi ? b3multiAlone : one));
  }
  const isSeveralFirst =
    formats.includes(b3multi) && formats.indexOf(b3multi) < formats.indexOf(b3);
  return isSeveralFirst ? [b3, ...formats.filter((one) => one !== b3)] : formats;
}

/** @throws SpanContextCorruptedError where a format found that, and none of them found ids */
function extractAll(
  formats: readonly TextFormat[],
  carrier: object,
  isHttp: boolean,
): BasicSpanContext | null {
  let found: BasicSpanContext | null = null;
  let corrupted: unknown;
  for (const one of formats) {
    try {
      const next = one.extract(carrier, isHttp);
      found = found === null || next === null ? (found ?? next) : merge(found, next);
    } catch (error) {
      if (!(error instanceof SpanContextCorruptedError)) {
        throw error;
      }
      corrupted = error;
    }
  }
  if (corrupted !== undefined && !found?._hasIds()) {
    throw corrupted;
  }
  return found;
}

function formatOf(name: PropagationFormat): TextFormat {
  if (!Object.hasOwn(FORMATS, name)) {
    throw new RangeError(
      `The propagation format ${describeValue(name)} is not known; use one of ${PROPAGATION_FORMATS.join(', ')}.`,
    );
  }
  return FORMATS[name];
}

/** What both found: of ids and of items with the same key, what the first found. */
function merge(first: BasicSpanContext, second: BasicSpanContext): BasicSpanContext {
  const [context, other] = !first._hasIds() && second._hasIds() ? [second, first] : [first, second];
  const { _trace: trace } = context;
  if (!other._hasIds() || context._isSamePlaceAs(other)) {
    complete(context, other);
  } else if (other._trace.arrived?.properties !== undefined) {
    // A tracestate belongs to the ids that it came with, what describes baggage does not.
    trace.arrived = { ...trace.arrived, properties: other._trace.arrived.properties };
  }
  const items = mergeItems(first._baggage, second._baggage);
  return items === context._baggage ? context : context._withBaggage(items);
}

/** Adds what the format of `context` did not tell or cannot tell: W3C has no parent and no debug. */
function complete(context: BasicSpanContext, other: BasicSpanContext): void {
  const { _trace: trace } = context;
  trace.sampled ??= other._trace.sampled;
  trace.debug ||= other._trace.debug && trace.sampled === true;
  if (other._trace.arrived !== null) {
    trace.arrived = { ...other._trace.arrived, ...trace.arrived };
  }
  if (context._parent0 === 0 && context._parent1 === 0) {
    context._parent0 = other._parent0;
    context._parent1 = other._parent1;
  }
}

function mergeItems(
  first: BasicSpanContext['_baggage'],
  second: BasicSpanContext['_baggage'],
): BasicSpanContext['_baggage'] {
  if (first === null || second === null) {
    return first ?? second;
  }
  const builder = new BaggageBuilder();
  for (const items of [first, second]) {
    for (const key in items) {
      if (items === first || !(key in first)) {
        builder.add(key, items[key]);
      }
    }
  }
  return builder.build();
}

/** A propagator for {@link FORMAT_BINARY}: the format of the OpenTracing reference tracers. */
export const binaryPropagator: StandardPropagator = {
  inject(context, carrier) {
    const own = ownContext(context);
    useBinaryCarrier(carrier, (binary) => {
      if (own !== null) {
        binary.buffer = encodeTracerState(own);
      }
    });
  },
  extract: (carrier) =>
    useBinaryCarrier(carrier, ({ buffer }) => (buffer === null ? null : decodeTracerState(buffer))),
};

/**
 * The propagators for the three formats that OpenTracing requires.
 *
 * @internal
 */
export function standardPropagators(names: readonly PropagationFormat[]): Map<string, Propagator> {
  return new Map<string, Propagator>([
    [FORMAT_TEXT_MAP, textPropagator(names, FORMAT_TEXT_MAP)],
    [FORMAT_HTTP_HEADERS, textPropagator(names, FORMAT_HTTP_HEADERS)],
    [FORMAT_BINARY, binaryPropagator],
  ]);
}
