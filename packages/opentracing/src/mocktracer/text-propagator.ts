import { checkTextCarrier, forEachHeader, readCarrier, writeCarrier } from '../carriers.js';
import { SpanContextCorruptedError } from '../errors.js';
import { BaggageBuilder, decodeItem, encodeItem } from '../propagation/baggage-items.js';
import type { Propagator } from '../propagation/propagator.js';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import type { SpanContext } from '../span-context.js';
import { MockSpanContext } from './mock-span-context.js';
import { parseId } from './parse-id.js';

const TRACE_ID = 'mockpfx-ids-traceid';
const SPAN_ID = 'mockpfx-ids-spanid';
const BAGGAGE_PREFIX = 'mockpfx-baggage-';

/**
 * The text formats of the mock: `mockpfx-ids-traceid`, `mockpfx-ids-spanid` and a
 * `mockpfx-baggage-KEY` for each item, so that nobody takes them for those of a real tracer. Keys and
 * values of the baggage are percent-encoded for HTTP and written as they are otherwise.
 */
export class TextPropagator implements Propagator {
  /** @internal */
  _format: string;

  /** @param format - `FORMAT_TEXT_MAP` or `FORMAT_HTTP_HEADERS` */
  constructor(format: string) {
    this._format = format;
  }

  inject(context: SpanContext, carrier: unknown): void {
    checkTextCarrier(this._format, carrier);
    const [encodeKey, encode] =
      this._format === FORMAT_HTTP_HEADERS ? [encodeName, encodeItem] : [String, String];
    if (context.toTraceId() !== '') {
      writeCarrier(carrier, TRACE_ID, context.toTraceId());
      writeCarrier(carrier, SPAN_ID, context.toSpanId());
    }
    for (const key of Object.keys(context.baggage)) {
      writeCarrier(
        carrier,
        BAGGAGE_PREFIX + encodeKey(key),
        encode(context.baggage[key] as string),
      );
    }
  }

  extract(carrier: unknown): SpanContext | null {
    checkTextCarrier(this._format, carrier);
    const traceId = readCarrier(carrier, TRACE_ID);
    const spanId = readCarrier(carrier, SPAN_ID);
    if (traceId === undefined && spanId === undefined) {
      return null;
    }
    if (traceId === undefined || spanId === undefined) {
      throw new SpanContextCorruptedError('it has one id of the two');
    }
    const decode = this._format === FORMAT_HTTP_HEADERS ? decodeItem : String;
    const baggage = new BaggageBuilder();
    forEachHeader(carrier, (name, value) => {
      if (name.slice(0, BAGGAGE_PREFIX.length).toLowerCase() === BAGGAGE_PREFIX) {
        baggage.add(decode(name.slice(BAGGAGE_PREFIX.length)), decode(value));
      }
    });
    return new MockSpanContext(parseId(traceId), parseId(spanId), baggage.build());
  }
}

/** Parentheses may stand in the value of a header and not in its name. */
function encodeName(key: string): string {
  return encodeItem(key).replaceAll('(', '%28').replaceAll(')', '%29');
}
