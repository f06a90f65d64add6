import { BadRequestError } from '../errors.js';

/** A value of OTLP's JSON: one of the fields is there, or none, which is a value of nothing. */
interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  /** 64 bits, in decimal. */
  intValue?: string;
  doubleValue?: number;
  arrayValue?: { values: AnyValue[] };
  kvlistValue?: { values: KeyValue[] };
}

/** An attribute of OTLP's JSON. */
export interface KeyValue {
  key: string;
  value: AnyValue;
}

/** Lists in lists in lists: what is nested deeper than this was made to do harm. */
const DEEPEST = 32;

/**
 * A list of `KeyValue` as plain values by key; of two values of one key the later counts. Unknown
 * kinds of values are null.
 * @param where what to call the list in the sentence of a failure, such as `span 3: attributes`
 * @throws BadRequestError when it is something else, or nested more than 32 deep
 */
export function readAttributes(list: unknown, where: string): Map<string, unknown> {
  const attributes = new Map<string, unknown>();
  addAttributes(attributes, list, where, 0);
  return attributes;
}

function addAttributes(
  into: Map<string, unknown>,
  list: unknown,
  where: string,
  depth: number,
): void {
  for (const each of listOf(list, where)) {
    const { key = '', value } = objectOf(each, where);
    if (typeof key !== 'string') throw new BadRequestError(`${where}: a key must be a string`);
    into.set(key, readValue(value, where, depth));
  }
}

function readValue(value: unknown, where: string, depth: number): unknown {
  if (depth > DEEPEST) {
    throw new BadRequestError(`${where} are nested more than ${DEEPEST} deep`);
  }
  const { stringValue, boolValue, intValue, doubleValue, arrayValue, kvlistValue, bytesValue } =
    objectOf(value, where);
  const text = stringValue ?? bytesValue;
  if (text !== undefined && text !== null) return simple(text, where);
  if (typeof boolValue === 'boolean') return boolValue;
  if (intValue !== undefined && intValue !== null) return wholeOf(simple(intValue, where));
  if (doubleValue !== undefined && doubleValue !== null) {
    return fractionOf(simple(doubleValue, where));
  }
  if (arrayValue !== undefined && arrayValue !== null) {
    const values = listOf(objectOf(arrayValue, where).values, where);
    return values.map((each) => readValue(each, where, depth + 1));
  }
  if (kvlistValue !== undefined && kvlistValue !== null) {
    const map = new Map<string, unknown>();
    addAttributes(map, objectOf(kvlistValue, where).values, where, depth + 1);
    return Object.fromEntries(map);
  }
  return null;
}

function simple(value: unknown, where: string): string {
  if (typeof value === 'object') {
    throw new BadRequestError(`${where}: a text or a number must not be a list or an object`);
  }
  return String(value);
}

/** A number where it is exact, and else its digits. */
function wholeOf(text: string): number | string {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

/** JSON has no NaN and no Infinity, which OTLP writes as text. */
function fractionOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/**
 * Whether attributes that were read from a text are ones that `readAttributes` takes: what was nested
 * deeper comes from nobody's events, and would overflow the stack on its way out.
 */
export function areAttributes(value: unknown): value is Record<string, unknown> {
  return isFields(value) && Object.values(value).every((each) => isShallow(each, 0));
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return depth < DEEPEST && Object.values(value).every((each) => isShallow(each, depth + 1));
}

/** A plain value as the text of a tag; lists and maps are JSON. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** A plain value, such as `JSON.parse` makes it, in OTLP's JSON. */
function anyValue(value: unknown): AnyValue {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
    default:
      if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
      if (typeof value !== 'object' || value === null) return {};
      return { kvlistValue: { values: keyValues(Object.entries(value)) } };
  }
}

/** Attributes in OTLP's JSON. */
export function keyValues(entries: Iterable<readonly [string, unknown]>): KeyValue[] {
  return Array.from(entries, ([key, value]) => ({ key, value: anyValue(value) }));
}

/**
 * A list of decoded JSON; absent and null are an empty one.
 * @throws BadRequestError when it is something else
 */
export function listOf(value: unknown, where: string): unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new BadRequestError(`${where} must be a list`);
  return value;
}

/**
 * The fields of decoded JSON; absent and null have none.
 * @throws BadRequestError when it is no object
 */
export function objectOf(value: unknown, where: string): { readonly [field: string]: unknown } {
  if (value === undefined || value === null) return {};
  if (!isFields(value)) throw new BadRequestError(`${where} must be an object`);
  return value;
}

function isFields(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
