import { forEachHeader, writeCarrier, writeItem } from '../carriers.js';
import { BaggageBuilder, decodeItem, encodeItem, writeItems } from './baggage-items.js';
import type { BasicSpanContext } from './basic-span-context.js';
import { contextOfIds, contextWithoutIds, padId } from './context-of-ids.js';
import { trimWhitespace } from './optional-whitespace.js';
import type { TextFormat } from './text-format.js';

const CONTEXT = 'uber-trace-id';
const BAGGAGE_PREFIX = 'uberctx-';
/** Baggage for a trace that has not begun. */
const BAGGAGE = 'jaeger-baggage';
/** Asks for a trace that has not begun to be recorded, and names it. */
const DEBUG_ID = 'jaeger-debug-id';

const SAMPLED_FLAG = 1;
const DEBUG_FLAG = 2;
const FLAGS = /^[0-9a-f]{1,2}$/i;
const NO_PARENT = /^0{1,16}$/;

/**
 * The format of Jaeger's clients: `uber-trace-id: {trace id}:{span id}:{parent id}:{flags}`, and an
 * `uberctx-{key}` for each item of the baggage. As in those, a context that is not valid is none.
 *
 * Source: Jaeger's documentation, "Client libraries", "Propagation format", and jaeger-client 3.19.
 */
export const jaeger: TextFormat = {
  inject(context, carrier, isHttp) {
    if (context._hasIds()) {
      const { sampled, debug } = context._trace;
      const flags = debug ? SAMPLED_FLAG | DEBUG_FLAG : sampled === true ? SAMPLED_FLAG : 0;
      const ids = `${context.toTraceId()}:${context.toSpanId()}:${context.parentId ?? '0'}`;
      writeCarrier(carrier, CONTEXT, `${ids}:${flags}`);
    }
    writeItems(context._baggage, isHttp ? encodeItem : String, (key, value) => {
      writeItem(carrier, BAGGAGE_PREFIX + key, value);
    });
  },

  extract(carrier, isHttp) {
    let context: BasicSpanContext | null = null;
    let debugId = '';
    const baggage = new BaggageBuilder();
    forEachHeader(carrier, (name, value) => {
      const lower = name.toLowerCase();
      const decode = isHttp ? decodeItem : String;
      if (lower === CONTEXT) {
        context = parse(decode(value));
      } else if (lower === DEBUG_ID) {
        debugId = decode(value);
      } else if (lower === BAGGAGE) {
        addList(baggage, decode(value));
      } else if (lower.startsWith(BAGGAGE_PREFIX)) {
        baggage.add(decode(name.slice(BAGGAGE_PREFIX.length)), decode(value));
      }
    });
    return complete(context, debugId, baggage.build());
  },
};

function parse(text: string): BasicSpanContext | null {
  const [traceId = '', spanId = '', parentId = '', flags = '', ...more] =
    trimWhitespace(text).split(':');
  if (more.length > 0 || !FLAGS.test(flags)) {
    return null;
  }
  const bits = Number.parseInt(flags, 16);
  const sampled = (bits & SAMPLED_FLAG) !== 0;
  return contextOfIds(
    padId(traceId),
    padId(spanId),
    NO_PARENT.test(parentId) ? undefined : padId(parentId),
    sampled,
    sampled && (bits & DEBUG_FLAG) !== 0,
  );
}

function addList(baggage: BaggageBuilder, list: string): void {
  for (const item of list.split(',')) {
    const [key, value, ...more] = trimWhitespace(item).split('=');
    if (more.length === 0) {
      baggage.add(key, value);
    }
  }
}

/** The name of a trace counts only where there is no trace yet. */
function complete(
  context: BasicSpanContext | null,
  debugId: string,
  items: Readonly<Record<string, string>> | null,
): BasicSpanContext | null {
  if (context !== null) {
    return items === null ? context : context._withBaggage(items);
  }
  if (debugId !== '') {
    const asked = contextWithoutIds(true, true, items);
    asked._trace.arrived = { debugId };
    return asked;
  }
  return items === null ? null : contextWithoutIds(undefined, false, items);
}
