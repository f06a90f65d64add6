import { eraseHeaders, readCarrier, writeItem } from '../carriers.js';
import type { BasicSpanContext } from './basic-span-context.js';
import { contextInText, contextOfIds, contextWithoutIds } from './context-of-ids.js';
import type { TextFormat } from './text-format.js';

/*
 * Source: the B3 propagation specification of Zipkin. Names are written in lower case: HTTP/2 asks
 * for that, and a program that forwards the headers of an inbound request sees them replaced rather
 * than doubled.
 */

const SINGLE = 'b3';
const TRACE_ID = 'x-b3-traceid';
const SPAN_ID = 'x-b3-spanid';
const PARENT_ID = 'x-b3-parentspanid';
const SAMPLED = 'x-b3-sampled';
const FLAGS = 'x-b3-flags';

const NAMES = new Set([SINGLE, TRACE_ID, SPAN_ID, PARENT_ID, SAMPLED, FLAGS]);

const DASH = 45;
const ID_LENGTH = 16;
/** What sets the code of a letter apart from that of the same one in upper case. */
const LOWER_CASE = 32;
const CODE_B = 98;
const CODE_X = 120;

/** B3 in one header: `b3: {trace id}-{span id}-{sampled}-{parent id}`. */
export const b3: TextFormat = {
  inject(context, carrier) {
    const { sampled, debug } = context._trace;
    const decision = debug ? 'd' : sampled === undefined ? '' : sampled ? '1' : '0';
    let value = decision;
    if (context._hasIds()) {
      value = `${context.toTraceId()}-${context.toSpanId()}`;
      if (decision !== '') {
        value += `-${decision}`;
      }
      const { parentId } = context;
      if (parentId !== null) {
        value += `-${parentId}`;
      }
    } else if (decision === '') {
      return;
    }
    eraseHeaders(carrier, isB3);
    writeItem(carrier, SINGLE, value);
  },
  extract,
};

/** B3 in several headers: `x-b3-traceid`, `x-b3-spanid` and so on. */
export const b3multi: TextFormat = {
  inject(context, carrier) {
    if (context._hasIds()) {
      writeItem(carrier, TRACE_ID, context.toTraceId());
      writeItem(carrier, SPAN_ID, context.toSpanId());
      const { parentId } = context;
      if (parentId !== null) {
        writeItem(carrier, PARENT_ID, parentId);
      }
    }
    const { sampled, debug } = context._trace;
    if (debug) {
      writeItem(carrier, FLAGS, '1');
    } else if (sampled !== undefined) {
      writeItem(carrier, SAMPLED, sampled ? '1' : '0');
    }
  },
  extract,
};

/** The same where the single header, which replaces those of both forms, is not written before. */
export const b3multiAlone: TextFormat = {
  inject(context, carrier, isHttp) {
    eraseHeaders(carrier, isB3);
    b3multi.inject(context, carrier, isHttp);
  },
  extract,
};

/**
 * What another context left of either form is removed: whoever reads it would take the other form, or a
 * parent or a flag that is not this span's. By the first letter first: few names have to be made lower
 * case for it.
 */
function isB3(name: string): boolean {
  const first = name.charCodeAt(0) | LOWER_CASE;
  return (first === CODE_B || first === CODE_X) && NAMES.has(name.toLowerCase());
}

/** Reads the single header, and where that is absent or invalid the several ones. */
function extract(carrier: object): BasicSpanContext | null {
  const direct = (carrier as Record<string, unknown>)[SINGLE];
  const single = typeof direct === 'string' ? direct : readCarrier(carrier, SINGLE);
  return (single === undefined ? null : parseSingle(single)) ?? extractMulti(carrier);
}

/** By the places of the dashes, which the lengths of the fields give. */
function parseSingle(value: string): BasicSpanContext | null {
  const { length } = value;
  if (length === 1) {
    return isDecision(value.charCodeAt(0))
      ? contextWithoutIds(value !== '0', value === 'd', null)
      : null;
  }
  const traceLength = value.charCodeAt(2 * ID_LENGTH) === DASH ? 2 * ID_LENGTH : ID_LENGTH;
  const spanStart = traceLength + 1;
  const end = spanStart + ID_LENGTH;
  if (value.charCodeAt(traceLength) !== DASH) {
    return null;
  }
  let decision = 0;
  let parentStart = -1;
  if (length !== end) {
    if (value.charCodeAt(end) !== DASH) {
      return null;
    }
    if (length === end + 1 + ID_LENGTH) {
      // Deferred: the third field is the parent.
      parentStart = end + 1;
    } else {
      decision = value.charCodeAt(end + 1);
      if (!isDecision(decision)) {
        return null;
      }
      if (length !== end + 2) {
        if (value.charCodeAt(end + 2) !== DASH || length !== end + 3 + ID_LENGTH) {
          return null;
        }
        parentStart = end + 3;
      }
    }
  }
  const sampled = decision === 0 ? undefined : decision !== CODE_0;
  const debug = decision === CODE_D;
  return contextInText(value, 0, traceLength, spanStart, parentStart, sampled, debug);
}

const CODE_0 = 48;
const CODE_1 = 49;
const CODE_D = 100;

function isDecision(code: number): boolean {
  return code === CODE_1 || code === CODE_0 || code === CODE_D;
}

function extractMulti(carrier: object): BasicSpanContext | null {
  const decision = readCarrier(carrier, SAMPLED);
  let sampled: boolean | undefined;
  if (decision !== undefined) {
    sampled = MULTI_DECISIONS.get(decision.toLowerCase());
    if (sampled === undefined) {
      return null;
    }
  }
  const debug = readCarrier(carrier, FLAGS) === '1';
  sampled = debug ? true : sampled;
  const traceId = readCarrier(carrier, TRACE_ID);
  const spanId = readCarrier(carrier, SPAN_ID);
  if (traceId === undefined && spanId === undefined) {
    return sampled === undefined ? null : contextWithoutIds(sampled, debug, null);
  }
  return contextOfIds(traceId ?? '', spanId ?? '', readCarrier(carrier, PARENT_ID), sampled, debug);
}

/** Old senders write words. */
const MULTI_DECISIONS = new Map([
  ['1', true],
  ['0', false],
  ['true', true],
  ['false', false],
]);
