import type { EncodedBatch } from './send-in-order.js';
import type { Disk } from './spool-disk.js';

/*
 * A record, all numbers little-endian:
 *
 *   0  4  magic
 *   4  1  state
 *   5  1  version of this layout
 *   6  2  length of the content type
 *   8  4  count of spans
 *  12  4  length of the body
 *  16  4  CRC-32 of the bytes 5 to 16
 *  20  4  CRC-32 of the content type and the body
 *  24     content type, body
 *
 * The state is the one byte that changes afterwards, and so no CRC has it.
 */
export const HEADER_BYTES = 24;
export const STATE_AT = 4;
const MAGIC = 0x50_53_54_4f;
export const FIRST_BYTE = MAGIC & 0xff;
const VERSION = 1;

/** What a record has gone through. */
export const State = {
  waiting: 0,
  /** Handed to the transport; when the process ends then, nobody knows whether it has arrived. */
  beingSent: 1,
  done: 2,
} as const;

/** The head of a record. */
export interface Header {
  state: number;
  spanCount: number;
  typeLength: number;
  bodyLength: number;
  crc: number;
  /** Of the whole record. */
  length: number;
}

export function encodeRecord(
  { crc32 }: Disk,
  { body, contentType, spanCount }: EncodedBatch,
): Uint8Array {
  const type = new TextEncoder().encode(contentType);
  const record = new Uint8Array(HEADER_BYTES + type.length + body.length);
  const view = new DataView(record.buffer);
  record.set(type, HEADER_BYTES);
  record.set(body, HEADER_BYTES + type.length);
  view.setUint32(0, MAGIC, true);
  view.setUint8(STATE_AT, State.waiting);
  view.setUint8(5, VERSION);
  view.setUint16(6, type.length, true);
  view.setUint32(8, spanCount, true);
  view.setUint32(12, body.length, true);
  view.setUint32(16, crc32(record.subarray(5, 16)), true);
  view.setUint32(20, crc32(record.subarray(HEADER_BYTES)), true);
  return record;
}

/** The header at a place; `null` when there is none, or a damaged one. */
export function readHeader({ crc32 }: Disk, bytes: Uint8Array, at = 0): Header | null {
  if (at + HEADER_BYTES > bytes.length) {
    return null;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER_BYTES);
  const isWhole =
    view.getUint32(0, true) === MAGIC &&
    view.getUint8(5) === VERSION &&
    view.getUint32(16, true) === crc32(bytes.subarray(at + 5, at + 16));
  if (!isWhole) {
    return null;
  }
  const typeLength = view.getUint16(6, true);
  const bodyLength = view.getUint32(12, true);
  return {
    state: view.getUint8(STATE_AT),
    spanCount: view.getUint32(8, true),
    typeLength,
    bodyLength,
    crc: view.getUint32(20, true),
    length: HEADER_BYTES + typeLength + bodyLength,
  };
}

/** What follows the header; `null` when it is damaged. */
export function readContent(
  { crc32 }: Disk,
  header: Header,
  content: Uint8Array,
): EncodedBatch | null {
  if (crc32(content) !== header.crc) {
    return null;
  }
  return {
    contentType: new TextDecoder().decode(content.subarray(0, header.typeLength)),
    body: content.subarray(header.typeLength),
    spanCount: header.spanCount,
  };
}
