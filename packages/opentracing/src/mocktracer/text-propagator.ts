import {
  forEachHeader,
  readCarrier,
  useTextCarrier,
  writeCarrier,
  writeItem,
} from '../carriers.js';
import { BaggageBuilder, decodeItem, encodeItem } from '../propagation/baggage-items.js';
import type { Propagator } from '../propagation/propagator.js';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import type { SpanContext } from '../span-context.js';
import { contextOfIds } from './context-of-ids.js';
import { mockContextOf } from './mock-context-of.js';

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
    const own = mockContextOf(context);
    const encode = this._format === FORMAT_HTTP_HEADERS ? encodeItem : String;
    useTextCarrier(this._format, carrier, (headers) => {
      if (own?.toTraceId()) {
        writeCarrier(headers, TRACE_ID, own.toTraceId());
        writeCarrier(headers, SPAN_ID, own.toSpanId());
      }
      for (const [key, value] of Object.entries(own?.baggage ?? {})) {
        writeItem(headers, BAGGAGE_PREFIX + encode(key), encode(value));
      }
    });
  }

  extract(carrier: unknown): SpanContext | null {
    const decode = this._format === FORMAT_HTTP_HEADERS ? decodeItem : String;
    return useTextCarrier(this._format, carrier, (headers) => {
      const baggage = new BaggageBuilder();
      forEachHeader(headers, (name, value) => {
        if (name.slice(0, BAGGAGE_PREFIX.length).toLowerCase() === BAGGAGE_PREFIX) {
          baggage.add(decode(name.slice(BAGGAGE_PREFIX.length)), decode(value));
        }
      });
      return contextOfIds(
        readCarrier(headers, TRACE_ID),
        readCarrier(headers, SPAN_ID),
        baggage.build(),
      );
    });
  }
}
