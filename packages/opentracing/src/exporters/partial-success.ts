import { ExportError } from '../basictracer/span-exporter.js';
import { inOneLine } from './in-one-line.js';

/** What OTLP's answer says of spans that were not taken. */
interface PartialSuccess {
  rejected: number;
  message: string;
}

const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/**
 * Reads the answer of a collector that took spans: it may have rejected some of them all the same.
 *
 * Source: OTLP 1.x, "Partial Success".
 *
 * @param body - an `ExportTraceServiceResponse`; one that is none says nothing
 * @param warn - told of what it says of spans that it took
 * @throws ExportError for spans that were rejected
 * @internal
 */
export function checkAnswer(
  body: Uint8Array | undefined,
  encoding: 'protobuf' | 'json',
  warn: (warning: Error) => void,
): void {
  const { rejected, message } = read(body, encoding);
  if (rejected > 0) {
    throw new ExportError(
      `The collector rejected spans (${rejected})${message === '' ? '' : `: ${inOneLine(message)}`}`,
      { retryable: false, rejected },
    );
  }
  if (message !== '') {
    warn(new Error(`The collector took the spans with a warning: ${inOneLine(message)}`));
  }
}

function read(body: Uint8Array | undefined, encoding: 'protobuf' | 'json'): PartialSuccess {
  const nothing = { rejected: 0, message: '' };
  if (body === undefined || body.length === 0) {
    return nothing;
  }
  try {
    return encoding === 'json' ? fromJson(body) : fromProto(body);
  } catch {
    return nothing;
  }
}

function fromJson(body: Uint8Array): PartialSuccess {
  const { partialSuccess } = JSON.parse(new TextDecoder().decode(body));
  return {
    rejected: Number(partialSuccess?.rejectedSpans ?? 0),
    message: String(partialSuccess?.errorMessage ?? ''),
  };
}

/** `partial_success` is field 1; in it `rejected_spans` is field 1 and `error_message` field 2. */
function fromProto(body: Uint8Array): PartialSuccess {
  const partial = fieldsOf(body).get(1);
  const fields = partial instanceof Uint8Array ? fieldsOf(partial) : new Map<number, undefined>();
  const rejected = fields.get(1);
  const message = fields.get(2);
  return {
    rejected: typeof rejected === 'number' ? rejected : 0,
    message: message instanceof Uint8Array ? new TextDecoder().decode(message) : '',
  };
}

// Of the last of the ten bytes that 64 bits take.
const MAX_SCALE = 2 ** 63;

/** The varints and the fields with a length of a message, by their numbers. */
function fieldsOf(body: Uint8Array): Map<number, number | Uint8Array> {
  const fields = new Map<number, number | Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 0x80) {
      const byte = body[at++];
      if (byte === undefined || scale > MAX_SCALE) {
        throw new RangeError('The message is not one of protobuf.');
      }
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        return value;
      }
    }
  };
  while (at < body.length) {
    const key = varint();
    const number = Math.floor(key / 8);
    switch (key % 8) {
      case VARINT:
        fields.set(number, varint());
        break;
      case FIXED64:
        at += 8;
        break;
      case DELIMITED: {
        const length = varint();
        fields.set(number, body.subarray(at, at + length));
        at += length;
        break;
      }
      case FIXED32:
        at += 4;
        break;
      default:
        throw new RangeError('The message has a field of no known type.');
    }
  }
  return fields;
}
