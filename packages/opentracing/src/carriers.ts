import { InvalidCarrierError, SpanContextCorruptedError } from './errors.js';
import { type BinaryCarrier, FORMAT_BINARY } from './propagation.js';

/*
 * Text carriers come as plain objects, `Map`, `Headers`, the flat header array of Node
 * (`[name, value, name, value]`) or pairs as `fetch` takes them. Names are case-insensitive.
 */

type Entries = {
  get(name: string): unknown;
  set(name: string, value: string): unknown;
  forEach(fn: (value: unknown, name: string) => void): void;
};

const TEXT_CARRIERS = 'a plain object, a Map, a Headers or an array of headers';
const BINARY_CARRIER = 'a BinaryCarrier, such as new BinaryCarrier(bytes),';

/**
 * Reads or writes a carrier of text.
 *
 * @param use - throws nothing but what the carrier throws, and typed errors
 * @throws InvalidCarrierError when the carrier is none of text, or throws when it is used
 * @internal
 */
export function useTextCarrier<R>(
  format: string,
  carrier: unknown,
  use: (carrier: object) => R,
): R {
  return useCarrier(format, TEXT_CARRIERS, isTextCarrier, carrier, use);
}

/**
 * Reads or writes a `BinaryCarrier`. Any object with a `buffer` will do: the class may come from
 * another copy of the package.
 *
 * @param use - throws nothing but what the carrier throws, and typed errors
 * @throws InvalidCarrierError when the carrier is none, or throws when it is used
 * @internal
 */
export function useBinaryCarrier<R>(carrier: unknown, use: (carrier: BinaryCarrier) => R): R {
  return useCarrier(FORMAT_BINARY, BINARY_CARRIER, isBinaryCarrier, carrier, use);
}

function useCarrier<C, R>(
  format: string,
  expected: string,
  isOne: (carrier: unknown) => carrier is C,
  carrier: unknown,
  use: (carrier: C) => R,
): R {
  try {
    if (isOne(carrier)) {
      return use(carrier);
    }
  } catch (cause) {
    if (cause instanceof SpanContextCorruptedError) {
      throw cause;
    }
    const usable = `${expected}, neither frozen nor otherwise throwing when it is used,`;
    throw new InvalidCarrierError(format, carrier, usable, { cause });
  }
  throw new InvalidCarrierError(format, carrier, expected);
}

function isTextCarrier(carrier: unknown): carrier is object {
  return (
    typeof carrier === 'object' &&
    carrier !== null &&
    !ArrayBuffer.isView(carrier) &&
    !hasOnlyABuffer(carrier)
  );
}

function isBinaryCarrier(carrier: unknown): carrier is BinaryCarrier {
  return (
    typeof carrier === 'object' &&
    carrier !== null &&
    !ArrayBuffer.isView(carrier) &&
    'buffer' in carrier &&
    (carrier.buffer === null || typeof (carrier.buffer as ArrayLike<number>)?.length === 'number')
  );
}

/** A `BinaryCarrier`, told by its shape for that of another copy of this package. */
function hasOnlyABuffer(carrier: object): boolean {
  const { buffer } = carrier as { buffer?: unknown };
  return typeof buffer === 'object' && Object.keys(carrier).join() === 'buffer';
}

/**
 * The value of one header; `undefined` where there is none. Several values are joined by commas, as
 * HTTP does.
 *
 * @param name - in lower case
 * @internal
 */
export function readCarrier(carrier: object, name: string): string | undefined {
  const direct = hasEntries(carrier)
    ? carrier.get(name)
    : Object.hasOwn(carrier, name)
      ? (carrier as Record<string, unknown>)[name]
      : undefined;
  if (direct !== undefined && direct !== null) {
    return text(direct);
  }
  let found: string | undefined;
  forEachHeader(carrier, (key, value) => {
    if (key.length === name.length && key.toLowerCase() === name) {
      found = found === undefined ? value : `${found},${value}`;
    }
  });
  return found;
}

/**
 * Sets one header, replacing the one of that name.
 *
 * @internal
 */
export function writeCarrier(carrier: object, name: string, value: string): void {
  if (hasEntries(carrier)) {
    carrier.set(name, value);
  } else if (Array.isArray(carrier)) {
    writeHeaderArray(carrier, name, value);
  } else {
    (carrier as Record<string, string>)[name] = value;
  }
}

/**
 * Calls `fn` with each header whose value is text, names as they stand in the carrier.
 *
 * @internal
 */
export function forEachHeader(carrier: object, fn: (name: string, value: string) => void): void {
  const visit = (name: unknown, value: unknown) => {
    const string = text(value);
    if (typeof name === 'string' && string !== undefined) {
      fn(name, string);
    }
  };
  if (hasEntries(carrier)) {
    carrier.forEach((value, name) => {
      visit(name, value);
    });
  } else if (Array.isArray(carrier)) {
    if (isPairs(carrier)) {
      for (const [name, value] of carrier) {
        visit(name, value);
      }
    } else {
      for (let i = 0; i + 1 < carrier.length; i += 2) {
        visit(carrier[i], carrier[i + 1]);
      }
    }
  } else {
    for (const name of Object.keys(carrier)) {
      visit(name, (carrier as Record<string, unknown>)[name]);
    }
  }
}

function hasEntries(carrier: object): carrier is Entries {
  const { get, set } = carrier as Partial<Entries>;
  return typeof get === 'function' && typeof set === 'function';
}

function isPairs(carrier: unknown[]): carrier is [unknown, unknown][] {
  return Array.isArray(carrier[0]);
}

function writeHeaderArray(carrier: unknown[], name: string, value: string): void {
  const pairs = isPairs(carrier);
  const step = pairs ? 1 : 2;
  for (let i = 0; i < carrier.length; i += step) {
    const key = pairs ? (carrier[i] as unknown[] | undefined)?.[0] : carrier[i];
    if (typeof key === 'string' && key.toLowerCase() === name.toLowerCase()) {
      if (pairs) {
        carrier[i] = [key, value];
      } else {
        carrier[i + 1] = value;
      }
      return;
    }
  }
  if (pairs) {
    carrier.push([name, value]);
  } else {
    carrier.push(name, value);
  }
}

/** Header values are strings, arrays of strings, and for some libraries numbers or bytes. */
function text(value: unknown): string | undefined {
  if (typeof value === 'string') {
    return value;
  }
  if (Array.isArray(value)) {
    return value.filter((item) => typeof item === 'string').join(',');
  }
  if (typeof value === 'number' || value instanceof Uint8Array) {
    return typeof value === 'number' ? String(value) : new TextDecoder('latin1').decode(value);
  }
  return undefined;
}
