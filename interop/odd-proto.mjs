// Requests with spans in Zipkin's protobuf, field by field, from the usual to the broken.
import { START } from './odd-spans.mjs';

/** Before all others, so that searches for those do not find these. */
const BEGIN = START - 3_600_000_000;
const TYPE = { 'content-type': 'application/x-protobuf' };
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

let spans = 0;

/** @param {number[]} bytes @param {bigint | number} number */
function varint(bytes, number) {
  let rest = BigInt.asUintN(64, BigInt(number));
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return bytes;
}

/** @param {number} field @param {bigint | number} value */
const number = (field, value) => varint(varint([], (field << 3) | VARINT), value);

/** @param {number} field @param {number} type @param {readonly number[]} value */
const fixed = (field, type, value) => [...varint([], (field << 3) | type), ...value];

/** @param {number} field @param {readonly number[] | string} value */
function bytes(field, value) {
  const content = typeof value === 'string' ? [...new TextEncoder().encode(value)] : value;
  return [...varint(varint([], (field << 3) | BYTES), content.length), ...content];
}

/** @param {bigint | number} time */
function fixed64(time) {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, BigInt(time)), true);
  return [...new Uint8Array(view.buffer)];
}

/**
 * A span with a trace id of its own, as a list of one.
 *
 * @param {string} name
 * @param {...number[]} fields
 * @returns {import('./odd-spans.mjs').Post & { body: Uint8Array<ArrayBuffer>, traceId: string }}
 */
function proto(name, ...fields) {
  spans += 1;
  const traceId = [0xb, 0, 0, 0, 0, 0, 0, spans];
  const base = [
    ...bytes(1, traceId),
    ...bytes(3, [0, 0, 0, 0, 0, 0, 0, 1]),
    ...bytes(5, 'Proto Get'),
    ...fixed(6, FIXED64, fixed64(BEGIN + spans * 1_000_000)),
    ...number(7, 1500),
    ...bytes(8, bytes(1, 'Proto')),
  ];
  return {
    name: `protobuf: ${name}`,
    body: Uint8Array.from(bytes(1, [...base, ...fields.flat()])),
    headers: TYPE,
    traceId: Buffer.from(traceId).toString('hex'),
  };
}

const id = (/** @type {number} */ last) => [0, 0, 0, 0, 0, 0, 0, last];
const whole = proto('nothing else');

/** @param {number} length */
function cut(length) {
  return { ...whole, name: `protobuf: ${length} bytes of it`, body: whole.body.slice(0, length) };
}

/** In this order. */
export const protos = [
  whole,
  proto('a parent', bytes(2, id(9))),
  proto('a parent of zeros', bytes(2, id(0))),
  proto('itself as its parent', bytes(2, id(1))),
  proto('a kind', number(4, 2)),
  proto('an unknown kind', number(4, 9)),
  proto('a client that says it shares', number(4, 1), number(13, 1)),
  proto('shared and debug', number(4, 2), number(12, 1), number(13, 1)),
  proto('no duration', number(7, 0)),
  proto('no time', fixed(6, FIXED64, fixed64(0))),
  proto('an empty name', bytes(5, '')),
  proto('a name again', bytes(5, 'LAST')),
  proto('an empty endpoint', bytes(9, [])),
  proto(
    'a remote endpoint',
    bytes(9, [
      ...bytes(1, 'Ünïcode'),
      ...bytes(2, [10, 0, 0, 1]),
      ...bytes(3, [0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]),
      ...number(4, 8080),
    ]),
  ),
  proto(
    'annotations',
    bytes(10, [...fixed(1, FIXED64, fixed64(BEGIN + 2)), ...bytes(2, 'later')]),
    bytes(10, [...fixed(1, FIXED64, fixed64(BEGIN + 1)), ...bytes(2, 'sooner')]),
  ),
  proto(
    'tags',
    bytes(11, [...bytes(1, 'a'), ...bytes(2, '1')]),
    bytes(11, [...bytes(1, 'b'), ...bytes(2, '')]),
    bytes(11, [...bytes(1, 'a'), ...bytes(2, '2')]),
  ),
  proto('a tag without a value', bytes(11, bytes(1, 'key'))),
  proto('unknown fields', number(50, 7), bytes(51, 'text'), fixed(52, FIXED32, [1, 2, 3, 4])),
  proto('an unknown field of eight bytes', fixed(53, FIXED64, id(1))),
  proto('a port over all', bytes(9, [...bytes(1, 'p'), ...number(4, 65_536)])),
  ...[2, 5, 20, 40].map(cut),
  {
    ...whole,
    name: 'protobuf: one span after the other',
    body: Uint8Array.from([...whole.body, ...proto('second').body]),
  },
];

/** Its first byte, which Zipkin trips over. */
export const firstByte = cut(1);
