import { PbfReader } from 'pbf';
import { BadRequestError, tooLarge } from '../errors.js';

/** How many bytes a value has, by the wire types of protobuf: a varint, 8, a length before, 4. */
const WIRE = { varint: 0, fixed64: 1, delimited: 2, fixed32: 5 } as const;

/** Reads the value of one field out of the reader into `into`; unknown fields are left to it. */
export type ReadField<T> = (field: number, into: T, reader: ProtoReader) => void;

/** Messages in messages in messages: protobuf's own libraries stop here too. */
const DEEPEST = 100;
/** What fits into 10 MiB of real spans is half of it; millions of empty ones would take gigabytes. */
const MOST_MESSAGES = 1_000_000;

/**
 * Reads protobuf strictly. pbf trusts its input: it runs over the end of what is cut off, and reads
 * a value of any wire type as the one that was asked for. Here each message has to end where its
 * length says, and each value to be of its wire type.
 */
export class ProtoReader {
  /** @internal */
  readonly _bytes: Buffer;
  /** @internal */
  readonly _pbf: PbfReader;
  /** @internal */
  _depth = 0;
  /** @internal */
  _messages = 0;

  /** @param bytes one message, without a length before it */
  constructor(bytes: Buffer) {
    this._bytes = bytes;
    this._pbf = new PbfReader(bytes);
  }

  /**
   * Reads the whole message.
   * @throws BadRequestError when it is cut off, or not protobuf at all
   */
  read<T>(readField: ReadField<T>, into: T): T {
    try {
      return this._fields(readField, into, this._pbf.length);
    } catch (error) {
      // pbf throws errors of several kinds at bytes that make no sense.
      if (error instanceof BadRequestError) throw error;
      throw this._malformed();
    }
  }

  /** A message inside of this one. */
  message<T>(readField: ReadField<T>, into: T): T {
    this._expect(WIRE.delimited);
    if (this._depth >= DEEPEST) {
      throw new BadRequestError(`the protobuf messages are nested more than ${DEEPEST} deep`);
    }
    this._messages += 1;
    if (this._messages > MOST_MESSAGES) {
      throw tooLarge(`the body has more than ${MOST_MESSAGES} protobuf messages`);
    }
    this._depth += 1;
    const end = this._pbf.readVarint() + this._pbf.pos;
    this._fields(readField, into, end);
    this._depth -= 1;
    return into;
  }

  text(): string {
    this._expect(WIRE.delimited);
    return this._pbf.readString();
  }

  /** Bytes as lower-case hexadecimal digits. */
  hex(): string {
    return this._slice('hex');
  }

  /** Bytes as Base64. */
  base64(): string {
    return this._slice('base64');
  }

  /** A view into the input. */
  bytes(): Uint8Array {
    this._expect(WIRE.delimited);
    return this._pbf.readBytes();
  }

  /** An unsigned integer; above 2^53 the nearest number. */
  varint(): number {
    this._expect(WIRE.varint);
    return this._pbf.readVarint();
  }

  /** A signed integer of 64 bits: a number where that is exact, and else its decimal digits. */
  integer(): number | string {
    this._expect(WIRE.varint);
    const { buf, pos } = this._pbf;
    const number = this._pbf.readVarint(true);
    if (Number.isSafeInteger(number)) return number;
    const bytes = buf.subarray(pos, this._pbf.pos);
    const bits = bytes.reduceRight((value, byte) => (value << 7n) | BigInt(byte & 0x7f), 0n);
    return String(BigInt.asIntN(64, bits));
  }

  boolean(): boolean {
    return this.varint() !== 0;
  }

  /** 64 bits without a sign. */
  fixed64(): bigint {
    this._expect(WIRE.fixed64);
    const value = this._pbf.dataView.getBigUint64(this._pbf.pos, true);
    this._pbf.pos += 8;
    return value;
  }

  /** 64 bits with a sign; beyond 2^53 the nearest number. */
  signedFixed64(): number {
    this._expect(WIRE.fixed64);
    return this._pbf.readSFixed64();
  }

  double(): number {
    this._expect(WIRE.fixed64);
    return this._pbf.readDouble();
  }

  /** @internal */
  _fields<T>(readField: ReadField<T>, into: T, end: number): T {
    const pbf = this._pbf;
    if (end > pbf.length) throw this._malformed();
    for (let field = pbf.nextField(end); field !== 0; field = pbf.nextField(end)) {
      readField(field, into, this);
    }
    // Past the end when a value was cut off, before it at a field with the number 0.
    if (pbf.pos !== end) throw this._malformed();
    return into;
  }

  /** @internal */
  _slice(encoding: 'hex' | 'base64'): string {
    this._expect(WIRE.delimited);
    const pbf = this._pbf;
    const length = pbf.readVarint();
    const start = pbf.pos;
    pbf.pos = start + length;
    return this._bytes.toString(encoding, start, pbf.pos);
  }

  /** @internal */
  _expect(type: number): void {
    if (this._pbf.type !== type) throw this._malformed();
  }

  /** @internal */
  _malformed(): BadRequestError {
    return new BadRequestError(
      `the body is not valid protobuf at byte ${Math.min(this._pbf.pos, this._pbf.length)}`,
    );
  }
}
