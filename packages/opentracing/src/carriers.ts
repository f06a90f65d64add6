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

/**
 * What to throw for a carrier that is none of text, or threw `cause` when it was used.
 *
 * @internal
 */
export function wrongTextCarrier(format: string, carrier: unknown, cause: unknown): unknown {
  return wrongCarrier(format, TEXT_CARRIERS, carrier, cause);
}

function wrongCarrier(format: string, expected: string, carrier: unknown, cause: unknown): unknown {
  if (cause === undefined) {
    return new InvalidCarrierError(format, carrier, expected);
  }
  if (cause instanceof SpanContextCorruptedError) {
    return cause;
  }
  const usable = `${expected}, neither frozen nor otherwise throwing when it is used,`;
  return new InvalidCarrierError(format, carrier, usable, { cause });
}

function useCarrier<C, R>(
  format: string,
  expected: string,
  isOne: (carrier: unknown) => carrier is C,
  carrier: unknown,
  use: (carrier: C) => R,
): R {
  let cause: unknown;
  try {
    if (isOne(carrier)) {
      return use(carrier);
    }
  } catch (error) {
    cause = error;
  }
  throw wrongCarrier(format, expected, carrier, cause);
}

/** @internal Whether it can be a carrier of text. */
export function isTextCarrier(carrier: unknown): carrier is object {
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
  if (isPlainCarrier(carrier)) {
    const direct = textOf(carrier[name]);
    return direct !== undefined && Object.hasOwn(carrier, name) ? direct : readPlain(carrier, name);
  }
  const direct = hasEntries(carrier) ? carrier.get(name) : undefined;
  if (direct !== undefined && direct !== null) {
    return textOf(direct);
  }
  let found: string | undefined;
  forEachHeader(carrier, (key, value) => {
    if (isName(key, name)) {
      found = joined(found, value);
    }
  });
  return found;
}

/** Apart and without a closure: most carriers lack most names, so that they come to this. */
function readPlain(carrier: Record<string, unknown>, name: string): string | undefined {
  let found: string | undefined;
  for (const key in carrier) {
    if (isName(key, name) && Object.hasOwn(carrier, key)) {
      found = joined(found, textOf(carrier[key]));
    }
  }
  return found;
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
  return first === undefined || second === undefined ? (first ?? second) : `${first},${second}`;
}

/** By length and first letter first: few names have to be made lower case for it. */
function isName(key: string, name: string): boolean {
  return (
    key.length === name.length &&
    (key.charCodeAt(0) | LOWER_CASE) === name.charCodeAt(0) &&
    key.toLowerCase() === name
  );
}

/** What sets the code of a letter apart from that of the same one in upper case. */
const LOWER_CASE = 32;

/** Whether headers are its properties. */
function isPlainCarrier(carrier: object): carrier is Record<string, string> {
  return !hasEntries(carrier) && !Array.isArray(carrier);
}

/**
 * Sets one header, in the place of those of that name in any case: they would be sent too, and joined.
 *
 * @param name - in lower case
 * @internal
 */
export function writeCarrier(carrier: object, name: string, value: string): void {
  if (isPlainCarrier(carrier)) {
    writePlain(carrier, name, value);
    return;
  }
  if (carrier instanceof Map) {
    for (const key of carrier.keys()) {
      if (key !== name && typeof key === 'string' && isName(key, name)) {
        carrier.delete(key);
      }
    }
  }
  writeItem(carrier, name, value);
}

/** Apart, as most carriers are plain objects. */
function writePlain(carrier: Record<string, string>, name: string, value: string): void {
  for (const key in carrier) {
    if (key !== name && isName(key, name)) {
      delete carrier[key];
    }
  }
  carrier[name] = value;
}

/**
 * Removes headers that another context left.
 *
 * @param isStale - by the name as it stands in the carrier
 * @internal
 */
export function eraseHeaders(carrier: object, isStale: (name: string) => boolean): void {
  if (isPlainCarrier(carrier)) {
    for (const key in carrier) {
      if (isStale(key)) {
        delete carrier[key];
      }
    }
  } else {
    eraseEntries(carrier, isStale);
  }
}

/** Apart, as most carriers are plain objects. */
function eraseEntries(carrier: object, isStale: (name: string) => boolean): void {
  if (Array.isArray(carrier)) {
    const step = isPairs(carrier) ? 1 : 2;
    for (let i = lastHeader(carrier, step); i >= 0; i -= step) {
      const key = step === 1 ? carrier[i][0] : carrier[i];
      if (typeof key === 'string' && isStale(key)) {
        carrier.splice(i, step);
      }
    }
  } else {
    const { keys } = carrier as Partial<Map<unknown, unknown>>;
    for (const key of keys === undefined ? [] : [...keys.call(carrier as Map<unknown, unknown>)]) {
      if (typeof key === 'string' && isStale(key)) {
        (carrier as Map<unknown, unknown>).delete(key);
      }
    }
  }
}

/**
 * Sets one header whose name is not ours alone: the keys of two items of baggage may be the same but
 * for their case, which carriers keep that are not for HTTP.
 *
 * @internal
 */
export function writeItem(carrier: object, name: string, value: string): void {
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
    const string = textOf(value);
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

/** Where the last header begins; it may lack its value. */
function lastHeader({ length }: unknown[], step: number): number {
  return length - 1 - ((length - 1) % step);
}

/** In the place of the first of that name, and of the others too: they would be sent, and joined. */
function writeHeaderArray(carrier: unknown[], name: string, value: string): void {
  const pairs = isPairs(carrier);
  const step = pairs ? 1 : 2;
  const lower = name.toLowerCase();
  let first = -1;
  for (let i = lastHeader(carrier, step); i >= 0; i -= step) {
    const key = pairs ? (carrier[i] as unknown[] | undefined)?.[0] : carrier[i];
    if (typeof key === 'string' && key.toLowerCase() === lower) {
      if (first >= 0) {
        carrier.splice(first, step);
      }
      first = i;
    }
  }
  const header = pairs ? [[name, value]] : [name, value];
  carrier.splice(first < 0 ? carrier.length : first, step, ...header);
}

/** Header values are strings, arrays of strings, and for some libraries numbers or bytes. */
function textOf(value: unknown): string | undefined {
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
