import { readCarrier, writeCarrier } from '../carriers.js';
import type { BasicSpanContext } from './basic-span-context.js';
import { contextInText } from './context-of-ids.js';
import { hex64, readHexByte } from './hex.js';
import { trimWhitespace } from './optional-whitespace.js';
import type { TextFormat } from './text-format.js';
import { parseTraceState } from './trace-state.js';

const TRACEPARENT = 'traceparent';
const TRACESTATE = 'tracestate';

const SAMPLED_FLAG = 1;
const RANDOM_FLAG = 2;
/** What is written, by the flags. */
const FLAG_TEXTS = ['00', '01', '02', '03'];
const NO_VERSION = 255;
const DASH = 45;

/** Where the fields of `{version}-{trace id}-{span id}-{flags}` begin, and where the last one ends. */
const TRACE_ID = 3;
const SPAN_ID = 36;
const FLAGS = 53;
const END = 55;
const TRACE_ID_LENGTH = 32;

/**
 * W3C Trace Context: `traceparent: 00-{trace id}-{span id}-{flags}`; a valid `tracestate` that came in
 * is passed on, and so is the flag that says that the trace id is random.
 *
 * Source: W3C Recommendation "Trace Context", sections 3.2 and 3.3, and its Level 2.
 */
export const tracecontext: TextFormat = {
  inject(context, carrier) {
    if (!context._hasIds()) {
      return;
    }
    const { id0, id1, id2, id3, sampled, arrived } = context._trace;
    const flags = (sampled === true ? SAMPLED_FLAG : 0) | (arrived?.isRandom ? RANDOM_FLAG : 0);
    const value = `00-${hex64(id0, id1)}${hex64(id2, id3)}-${hex64(context._span0, context._span1)}-${FLAG_TEXTS[flags]}`;
    writeCarrier(carrier, TRACEPARENT, value);
    if (arrived?.traceState !== undefined) {
      writeCarrier(carrier, TRACESTATE, arrived.traceState);
    }
  },

  extract(carrier) {
    const direct = (carrier as Record<string, unknown>)[TRACEPARENT];
    const parent = typeof direct === 'string' ? direct : readCarrier(carrier, TRACEPARENT);
    const context = parent === undefined ? null : parseTraceParent(parent);
    if (context !== null) {
      const state = readCarrier(carrier, TRACESTATE);
      if (state !== undefined) {
        addTraceState(context, state);
      }
    }
    return context;
  },
};

function parseTraceParent(text: string): BasicSpanContext | null {
  const value = text.length === END ? text : trimWhitespace(text);
  const version = readHexByte(value, 0);
  const flags = readHexByte(value, FLAGS);
  if (
    version < 0 ||
    version === NO_VERSION ||
    flags < 0 ||
    value.charCodeAt(TRACE_ID - 1) !== DASH ||
    value.charCodeAt(SPAN_ID - 1) !== DASH ||
    value.charCodeAt(FLAGS - 1) !== DASH
  ) {
    return null;
  }
  // Only a later version may have more fields.
  if (value.length !== END && (version === 0 || value.charCodeAt(END) !== DASH)) {
    return null;
  }
  const sampled = (flags & SAMPLED_FLAG) !== 0;
  const context = contextInText(value, TRACE_ID, TRACE_ID_LENGTH, SPAN_ID, -1, sampled, false);
  return context !== null && (flags & RANDOM_FLAG) !== 0 ? withRandom(context) : context;
}

// Apart, so that reading what most requests have is code small enough to be inlined.
function withRandom(context: BasicSpanContext): BasicSpanContext {
  context._trace.arrived = { isRandom: true };
  return context;
}

function addTraceState(context: BasicSpanContext, text: string): void {
  const traceState = parseTraceState(text);
  if (traceState !== undefined) {
    context._trace.arrived = { ...context._trace.arrived, traceState };
  }
}
