import { readCarrier, writeCarrier } from '../carriers.js';
import { BasicSpanContext, LocalTrace } from './basic-span-context.js';
import { contextOfIds } from './context-of-ids.js';
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

// 32 + 1 + 16 + 1 + 1 + 1 + 16: the longest value there can be.
const MAX_SINGLE_LENGTH = 68;

/** B3 in one header: `b3: {trace id}-{span id}-{sampled}-{parent id}`. */
export const b3: TextFormat = {
  inject(context, carrier) {
    const { sampled, debug } = context._trace;
    const decision = debug ? 'd' : sampled === undefined ? '' : sampled ? '1' : '0';
    if (!context._hasIds()) {
      if (decision !== '') {
        writeCarrier(carrier, SINGLE, decision);
      }
      return;
    }
    let value = `${context.toTraceId()}-${context.toSpanId()}`;
    if (decision !== '') {
      value += `-${decision}`;
    }
    const { parentId } = context;
    writeCarrier(carrier, SINGLE, parentId === null ? value : `${value}-${parentId}`);
  },
  extract,
};

/** B3 in several headers: `x-b3-traceid`, `x-b3-spanid` and so on. */
export const b3multi: TextFormat = {
  inject(context, carrier) {
    if (context._hasIds()) {
      writeCarrier(carrier, TRACE_ID, context.toTraceId());
      writeCarrier(carrier, SPAN_ID, context.toSpanId());
      const { parentId } = context;
      if (parentId !== null) {
        writeCarrier(carrier, PARENT_ID, parentId);
      }
    }
    const { sampled, debug } = context._trace;
    if (debug) {
      writeCarrier(carrier, FLAGS, '1');
    } else if (sampled !== undefined) {
      writeCarrier(carrier, SAMPLED, sampled ? '1' : '0');
    }
  },
  extract,
};

/** Reads the single header, and where that is absent or invalid the several ones. */
function extract(carrier: object): BasicSpanContext | null {
  const single = readCarrier(carrier, SINGLE);
  return (single === undefined ? null : parseSingle(single)) ?? extractMulti(carrier);
}

function parseSingle(value: string): BasicSpanContext | null {
  if (value.length > MAX_SINGLE_LENGTH) {
    return null;
  }
  const [first = '', spanId, third, fourth, ...rest] = value.split('-');
  if (spanId === undefined) {
    return isDecision(first) ? create('', '', first, undefined) : null;
  }
  if (rest.length > 0) {
    return null;
  }
  // With three fields, the third is the decision or, where that is deferred, the parent.
  const deferred = third !== undefined && fourth === undefined && third.length > 1;
  const decision = deferred ? undefined : third;
  if (decision !== undefined && !isDecision(decision)) {
    return null;
  }
  return create(first, spanId, decision, deferred ? third : fourth);
}

function isDecision(text: string): boolean {
  return text === '0' || text === '1' || text === 'd';
}

function extractMulti(carrier: object): BasicSpanContext | null {
  const traceId = readCarrier(carrier, TRACE_ID);
  const spanId = readCarrier(carrier, SPAN_ID);
  const sampled = readCarrier(carrier, SAMPLED);
  const decision = readCarrier(carrier, FLAGS) === '1' ? 'd' : MULTI_DECISIONS.get(sampled ?? '');
  if (sampled !== undefined && decision === undefined) {
    return null;
  }
  if (traceId === undefined && spanId === undefined) {
    return decision === undefined ? null : create('', '', decision, undefined);
  }
  return create(traceId ?? '', spanId ?? '', decision, readCarrier(carrier, PARENT_ID));
}

const MULTI_DECISIONS = new Map([
  ['1', '1'],
  ['0', '0'],
  ['true', '1'],
  ['false', '0'],
]);

/** The context of these fields; `null` where one is not valid. Without ids, the decision alone. */
function create(
  traceId: string,
  spanId: string,
  decision: string | undefined,
  parentId: string | undefined,
): BasicSpanContext | null {
  const sampled = decision === undefined ? undefined : decision !== '0';
  const debug = decision === 'd';
  if (traceId === '' && spanId === '') {
    return decision === undefined
      ? null
      : new BasicSpanContext(new LocalTrace(0, 0, 0, 0, sampled, debug), 0, 0, 0, 0, null);
  }
  return contextOfIds(traceId, spanId, parentId, sampled, debug);
}
