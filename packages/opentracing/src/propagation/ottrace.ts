import { forEachHeader, writeCarrier, writeItem } from '../carriers.js';
import { SpanContextCorruptedError } from '../errors.js';
import { BaggageBuilder, decodeItem, encodeItem, writeItems } from './baggage-items.js';
import { contextOfIds, contextWithoutIds, padId } from './context-of-ids.js';
import type { TextFormat } from './text-format.js';

const TRACE_ID = 'ot-tracer-traceid';
const SPAN_ID = 'ot-tracer-spanid';
const SAMPLED = 'ot-tracer-sampled';
const BAGGAGE_PREFIX = 'ot-baggage-';

/**
 * The format of the OpenTracing reference tracers: `ot-tracer-traceid`, `ot-tracer-spanid`,
 * `ot-tracer-sampled` and `ot-baggage-{key}`.
 *
 * Source: basictracer-python, `text_propagator.py`.
 */
export const ottrace: TextFormat = {
  inject(context, carrier, isHttp) {
    if (context._hasIds()) {
      writeCarrier(carrier, TRACE_ID, context.toTraceId());
      writeCarrier(carrier, SPAN_ID, context.toSpanId());
    }
    if (context.sampled !== undefined) {
      writeCarrier(carrier, SAMPLED, String(context.sampled));
    }
    writeItems(context._baggage, isHttp ? encodeItem : String, (key, value) => {
      writeItem(carrier, BAGGAGE_PREFIX + key, value);
    });
  },

  extract(carrier, isHttp) {
    let traceId: string | undefined;
    let spanId: string | undefined;
    let sampled: boolean | undefined;
    const baggage = new BaggageBuilder();
    forEachHeader(carrier, (name, value) => {
      const lower = name.toLowerCase();
      if (lower === TRACE_ID) {
        traceId = value;
      } else if (lower === SPAN_ID) {
        spanId = value;
      } else if (lower === SAMPLED) {
        sampled = parseSampled(value);
      } else if (lower.startsWith(BAGGAGE_PREFIX)) {
        const key = name.slice(BAGGAGE_PREFIX.length);
        baggage.add(isHttp ? decodeItem(key) : key, isHttp ? decodeItem(value) : value);
      }
    });
    const items = baggage.build();
    if (traceId === undefined && spanId === undefined) {
      return sampled === undefined && items === null
        ? null
        : contextWithoutIds(sampled, false, items);
    }
    if (traceId === undefined || spanId === undefined) {
      throw new SpanContextCorruptedError(
        `it has ${traceId === undefined ? SPAN_ID : TRACE_ID} without ` +
          `${traceId === undefined ? TRACE_ID : SPAN_ID}`,
      );
    }
    // The tracers of other languages write ids without leading zeros, and may write upper case.
    const context = contextOfIds(padId(traceId), padId(spanId), undefined, sampled, false);
    if (context === null) {
      throw new SpanContextCorruptedError(
        `${TRACE_ID} and ${SPAN_ID} have to be hex digits, not all zero, at most 32 and 16 of them`,
      );
    }
    return items === null ? context : context._withBaggage(items);
  },
};

function parseSampled(value: string): boolean {
  switch (value.toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      throw new SpanContextCorruptedError(`${SAMPLED} is neither 'true' nor 'false'`);
  }
}
