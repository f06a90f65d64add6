import type { AttributeValue } from './otlp-span.js';
import {
  delimitedField,
  fixed64Field,
  type ProtoWriter,
  varintField,
  writePlain,
} from './proto-writer.js';

/** More than the numbers and lengths of an attribute take, with two short texts. */
const FIXED_SIZE = 128;
/** How many bytes the length of a message probably takes. */
const ENTRY = 1;
/** Two texts below this, and what stands around them, have less than 128 bytes. */
const SHORT = 56;

const FIRST = delimitedField(1);
const SECOND = delimitedField(2);
const STRING = delimitedField(1);
const BOOL = varintField(2);
const INT = varintField(3);
const DOUBLE = fixed64Field(4);
const ARRAY = delimitedField(5);

const double = new DataView(new ArrayBuffer(8));

/** @internal @param attributes - key, value, key, value */
export function writeAttributes(
  writer: ProtoWriter,
  field: number,
  attributes: readonly unknown[],
): void {
  for (let i = 0; i < attributes.length; i += 2) {
    writeAttribute(writer, field, attributes[i] as string, attributes[i + 1] as AttributeValue);
  }
}

/** @internal A `KeyValue` with its field and its length. */
export function writeAttribute(
  writer: ProtoWriter,
  field: number,
  key: string,
  value: AttributeValue,
): void {
  if (
    key.length < SHORT &&
    (typeof value === 'string' ? value.length < SHORT : isSmall(value)) &&
    writeShort(writer, field, key, value as string | number | boolean)
  ) {
    return;
  }
  writer.room(FIXED_SIZE);
  writer.byte(field);
  const start = writer.begin(ENTRY);
  writer.byte(FIRST);
  writer.text(key);
  writer.byte(SECOND);
  writeValue(writer, value);
  writer.end(start, ENTRY);
}

/** Whether a value takes two bytes. */
function isSmall(value: AttributeValue): boolean {
  return (
    typeof value === 'boolean' ||
    (typeof value === 'number' && value >>> 0 === value && value < 0x80)
  );
}

/**
 * What most attributes are: all lengths take a byte, and nothing is written before it is known where.
 *
 * @returns whether the key and the value are ASCII; if not, nothing is written
 */
function writeShort(
  writer: ProtoWriter,
  field: number,
  key: string,
  value: string | number | boolean,
): boolean {
  writer.room(FIXED_SIZE);
  const { bytes, at } = writer;
  const middle = writePlain(bytes, at + 3, key);
  if (middle === 0) {
    return false;
  }
  const start = middle + 2;
  let end = start + 2;
  if (typeof value === 'string') {
    bytes[start] = STRING;
    end = writePlain(bytes, start + 1, value);
    if (end === 0) {
      return false;
    }
  } else if (typeof value === 'number') {
    bytes[start] = INT;
    bytes[start + 1] = value;
  } else {
    bytes[start] = BOOL;
    bytes[start + 1] = value ? 1 : 0;
  }
  bytes[at] = field;
  bytes[at + 1] = end - at - 2;
  bytes[at + 2] = FIRST;
  bytes[middle] = SECOND;
  bytes[middle + 1] = end - start;
  writer.at = end;
  return true;
}

/** An `AnyValue` with its length. */
function writeValue(writer: ProtoWriter, value: AttributeValue | null): void {
  writer.room(FIXED_SIZE);
  const start = writer.begin(ENTRY);
  if (typeof value === 'string') {
    writer.byte(STRING);
    writer.text(value);
  } else if (typeof value === 'boolean') {
    writer.byte(BOOL);
    writer.byte(value ? 1 : 0);
  } else if (typeof value === 'number') {
    writeNumber(writer, value);
  } else if (typeof value === 'bigint') {
    writer.byte(INT);
    writer.varint64(Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value)));
  } else if (value !== null) {
    writer.byte(ARRAY);
    const list = writer.begin(ENTRY);
    for (const element of value) {
      writer.room(FIXED_SIZE);
      writer.byte(FIRST);
      writeValue(writer, element);
    }
    writer.end(list, ENTRY);
  }
  writer.end(start, ENTRY);
}

function writeNumber(writer: ProtoWriter, value: number): void {
  if (Number.isSafeInteger(value)) {
    writer.byte(INT);
    if (value >= 0) {
      writer.varint(value);
    } else {
      writer.varint64(Math.floor(value / 2 ** 32), value | 0);
    }
    return;
  }
  double.setFloat64(0, value);
  writer.byte(DOUBLE);
  writer.fixed64(double.getInt32(0), double.getInt32(4));
}
