import { readCarrier, writeCarrier } from '../carriers.js';
import { contextOfIds } from './context-of-ids.js';
import type { TextFormat } from './text-format.js';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';

const SAMPLED_FLAG = 1;
const VALUE = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/**
 * W3C Trace Context: `traceparent: 00-{trace id}-{span id}-{flags}`; a `tracestate` that came in is
 * passed on as it was.
 *
 * Source: W3C Recommendation "Trace Context", sections 3.2 and 3.3.
 */
export const tracecontext: TextFormat = {
  inject(context, carrier) {
    if (!context._hasIds()) {
      return;
    }
    const flags = context.sampled === true ? '01' : '00';
    const traceId = context.toTraceId().padStart(32, '0');
    writeCarrier(carrier, TRACEPARENT, `00-${traceId}-${context.toSpanId()}-${flags}`);
    if (context._trace.traceState !== null) {
      writeCarrier(carrier, TRACESTATE, context._trace.traceState);
    }
  },

  extract(carrier) {
    const match = VALUE.exec(readCarrier(carrier, TRACEPARENT)?.trim() ?? '');
    if (match === null) {
      return null;
    }
    const [, version, traceId = '', spanId = '', flags = '', more] = match;
    // Only a later version may have more fields; ff is no version.
    if (version === 'ff' || (version === '00' && more !== undefined)) {
      return null;
    }
    const sampled = (Number.parseInt(flags, 16) & SAMPLED_FLAG) !== 0;
    const context = contextOfIds(traceId, spanId, undefined, sampled, false);
    if (context !== null) {
      context._trace.traceState = readCarrier(carrier, TRACESTATE) ?? null;
    }
    return context;
  },
};
