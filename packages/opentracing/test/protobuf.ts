/** What a field of a message is, by its number. */
export interface Schema {
  [number: number]: [name: string, type: FieldType, repeated?: 'repeated'];
}

type FieldType = 'string' | 'bytes' | 'varint' | 'sint' | 'fixed64' | 'fixed32' | 'double' | Schema;

const WIRE_TYPES = { varint: 0, sint: 0, fixed64: 1, double: 1, string: 2, bytes: 2, fixed32: 5 };

/**
 * Decodes a message of protobuf, by the rules of its "Encoding" and as strict as they allow: a field
 * that the schema does not have, of another wire type, or a length beyond the end throws, and so does
 * text that is not UTF-8. Bytes become hex digits, integers of 64 bits a bigint.
 */
export function decodeProto(bytes: Uint8Array, schema: Schema): Record<string, unknown> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const message: Record<string, unknown> = {};
  let at = 0;
  const varint = () => {
    for (let value = 0n, shift = 0n; ; shift += 7n) {
      const byte = BigInt(view.getUint8(at++));
      value |= (byte & 0x7fn) << shift;
      if (byte < 0x80n) {
        return BigInt.asUintN(64, value);
      }
    }
  };
  const skip = (count: number) => {
    at += count;
    if (at > bytes.length) {
      throw new RangeError(`a field ends at ${at} of ${bytes.length}`);
    }
    return at - count;
  };
  const read = (type: FieldType): unknown => {
    switch (type) {
      case 'varint':
        return Number(varint());
      case 'sint':
        return BigInt.asIntN(64, varint());
      case 'fixed64':
        return view.getBigUint64(skip(8), true);
      case 'double':
        return view.getFloat64(skip(8), true);
      case 'fixed32':
        return view.getUint32(skip(4), true);
      default: {
        const start = skip(Number(varint()));
        const value = bytes.subarray(start, at);
        return type === 'string'
          ? new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
          : type === 'bytes'
            ? Buffer.from(value).toString('hex')
            : decodeProto(value, type);
      }
    }
  };
  while (at < bytes.length) {
    const key = Number(varint());
    const field = schema[key >> 3];
    if (field === undefined) {
      throw new RangeError(`no field has the number ${key >> 3}`);
    }
    const [name, type, repeated] = field;
    const wireType = typeof type === 'string' ? WIRE_TYPES[type] : 2;
    if ((key & 7) !== wireType) {
      throw new RangeError(`${name} has the wire type ${key & 7}`);
    }
    const value = read(type);
    if (repeated) {
      message[name] = [...((message[name] as unknown[] | undefined) ?? []), value];
    } else {
      message[name] = value;
    }
  }
  return message;
}
