import { SpanContextCorruptedError } from '../errors.js';
import { BaggageBuilder } from './baggage-items.js';
import { BasicSpanContext, LocalTrace } from './basic-span-context.js';

/*
 * The binary format of the OpenTracing reference tracers: four bytes with the length, the highest
 * first, then the protobuf message
 *
 *   message TracerState {
 *     fixed64 trace_id = 1; fixed64 span_id = 2; bool sampled = 3; map<string, string> baggage_items = 4;
 *   }
 *
 * Source: basictracer-python, `binary_propagator.py` and `wire.proto`.
 */

// 64 bits, seven to a byte. Without an end a number from outside grows to infinity, and reading with it.
const MAX_VARINT_BYTES = 10;
const LENGTH_BYTES = 4;
const TRACE_ID = 1;
const SPAN_ID = 2;
const SAMPLED = 3;
const BAGGAGE_ITEM = 4;
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** @internal */
export function encodeTracerState(context: BasicSpanContext): Uint8Array {
  const { id2, id3, sampled } = context._trace;
  const bytes: number[] = [0, 0, 0, 0];
  if (context._hasIds()) {
    pushFixed64(bytes, TRACE_ID, id2, id3);
    pushFixed64(bytes, SPAN_ID, context._span0, context._span1);
  }
  // proto3 leaves out what is false.
  if (sampled === true) {
    bytes.push((SAMPLED << 3) | VARINT, 1);
  }
  for (const key in context._baggage) {
    const item: number[] = [];
    pushBytes(item, 1, new TextEncoder().encode(key));
    pushBytes(item, 2, new TextEncoder().encode(context._baggage[key]));
    pushBytes(bytes, BAGGAGE_ITEM, item);
  }
  const encoded = Uint8Array.from(bytes);
  new DataView(encoded.buffer).setUint32(0, encoded.length - LENGTH_BYTES);
  return encoded;
}

function pushFixed64(bytes: number[], field: number, high: number, low: number): void {
  bytes.push((field << 3) | FIXED64);
  for (const word of [low, high]) {
    bytes.push(word & 255, (word >>> 8) & 255, (word >>> 16) & 255, word >>> 24);
  }
}

function pushBytes(bytes: number[], field: number, value: ArrayLike<number>): void {
  bytes.push((field << 3) | BYTES);
  let length = value.length;
  while (length > 127) {
    bytes.push((length & 127) | 128);
    length >>>= 7;
  }
  bytes.push(length);
  for (let i = 0; i < value.length; i++) {
    bytes.push(value[i] as number);
  }
}

/**
 * @returns `null` for no bytes at all, and for a message without ids, baggage and decision
 * @throws SpanContextCorruptedError for bytes that are not a `TracerState`
 * @internal
 */
export function decodeTracerState(carried: ArrayLike<number>): BasicSpanContext | null {
  if (carried.length === 0) {
    return null;
  }
  const bytes = carried instanceof Uint8Array ? carried : Uint8Array.from(carried);
  try {
    return readTracerState(bytes);
  } catch (error) {
    // The reader runs off the end of a message that was cut.
    throw error instanceof SpanContextCorruptedError
      ? error
      : new SpanContextCorruptedError('its bytes end too early', { cause: error });
  }
}

function readTracerState(bytes: Uint8Array): BasicSpanContext | null {
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(0);
  const reader = new Reader(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + length));
  if (reader.bytes.length !== length) {
    throw new SpanContextCorruptedError(`it has fewer bytes than the ${length} that it announces`);
  }
  const trace = new LocalTrace(0, 0, 0, 0, false, false);
  const context = new BasicSpanContext(trace, 0, 0, 0, 0, null);
  const baggage = new BaggageBuilder();
  while (!reader.done()) {
    const tag = reader.varint();
    if (tag === ((TRACE_ID << 3) | FIXED64)) {
      trace.id3 = reader.word();
      trace.id2 = reader.word();
    } else if (tag === ((SPAN_ID << 3) | FIXED64)) {
      context._span1 = reader.word();
      context._span0 = reader.word();
    } else if (tag === ((SAMPLED << 3) | VARINT)) {
      trace.sampled = reader.varint() !== 0;
    } else if (tag === ((BAGGAGE_ITEM << 3) | BYTES)) {
      readItem(new Reader(reader.chunk()), baggage);
    } else {
      reader.skip(tag & 7);
    }
  }
  context._baggage = baggage.build();
  const hasTraceId = (trace.id2 | trace.id3) !== 0;
  if (hasTraceId !== context._hasIds()) {
    throw new SpanContextCorruptedError(`it has no ${hasTraceId ? 'span' : 'trace'} id`);
  }
  if (!hasTraceId) {
    // What is false is left out, so without ids there is no telling it from what was not decided.
    trace.sampled ||= undefined;
    return context._baggage === null && trace.sampled === undefined ? null : context;
  }
  return context;
}

function readItem(reader: Reader, baggage: BaggageBuilder): void {
  let key = '';
  let value = '';
  while (!reader.done()) {
    const tag = reader.varint();
    if (tag === ((1 << 3) | BYTES)) {
      key = reader.text();
    } else if (tag === ((2 << 3) | BYTES)) {
      value = reader.text();
    } else {
      reader.skip(tag & 7);
    }
  }
  baggage.add(key, value);
}

class Reader {
  bytes: Uint8Array;
  view: DataView;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  done(): boolean {
    return this.at >= this.bytes.length;
  }

  varint(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.view.getUint8(this.at++);
      value += (byte & 127) * 128 ** i;
      if (byte < 128) {
        return value;
      }
    }
    throw new SpanContextCorruptedError('its bytes are not a TracerState');
  }

  word(): number {
    const word = this.view.getInt32(this.at, true);
    this.at += 4;
    return word;
  }

  chunk(): Uint8Array {
    const length = this.varint();
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) {
      throw new SpanContextCorruptedError('its bytes end too early');
    }
    return this.bytes.subarray(start, this.at);
  }

  text(): string {
    return new TextDecoder().decode(this.chunk());
  }

  skip(wireType: number): void {
    if (wireType === VARINT) {
      this.varint();
    } else if (wireType === FIXED64) {
      this.at += 8;
    } else if (wireType === BYTES) {
      this.chunk();
    } else if (wireType === FIXED32) {
      this.at += 4;
    } else {
      throw new SpanContextCorruptedError('its bytes are not a TracerState');
    }
    if (this.at > this.bytes.length) {
      throw new SpanContextCorruptedError('its bytes end too early');
    }
  }
}
