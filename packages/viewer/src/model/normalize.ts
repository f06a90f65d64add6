import { BadRequestError } from '../errors.js';
import { parseAddress } from './addresses.js';
import { normalizeSpanId, normalizeTraceId } from './ids.js';
import type { Annotation, Endpoint, Span, SpanKind } from './span.js';

type Fields = Record<string, unknown>;

const KINDS: ReadonlySet<string> = new Set(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER']);

/**
 * Checks one decoded value of a Zipkin v2 JSON list and brings it into the one form that is stored:
 * ids padded, names lower-cased, what says nothing left out. Unknown fields are dropped.
 * @param where what to call the value in the sentence of a failure, such as `span 3`
 * @throws BadRequestError naming the field
 */
export function normalizeSpan(value: unknown, where: string): Span {
  const fields = asObject(value, where);
  refuseVersion1(fields, where);

  const id = normalizeSpanId(required(fields, 'id', where), `${where}: id`);
  if (id === undefined) throw new BadRequestError(`${where}: id is all zeros`);
  const span: Span = {
    traceId: normalizeTraceId(required(fields, 'traceId', where), `${where}: traceId`),
    id,
  };

  const parent = optionalString(fields, 'parentId', where);
  const parentId = parent === undefined ? undefined : normalizeSpanId(parent, `${where}: parentId`);
  if (parentId !== undefined && parentId !== id) span.parentId = parentId;

  const kind = optionalString(fields, 'kind', where);
  if (kind !== undefined) span.kind = asKind(kind, where);
  const name = optionalString(fields, 'name', where)?.toLowerCase();
  if (name) span.name = name;
  const timestamp = optionalWhole(fields, 'timestamp', where);
  if (timestamp !== undefined && timestamp > 0) span.timestamp = timestamp;
  const duration = optionalWhole(fields, 'duration', where);
  if (duration !== undefined && duration > 0) span.duration = duration;

  const local = asEndpoint(fields.localEndpoint, `${where}: localEndpoint`);
  if (local !== undefined) span.localEndpoint = local;
  const remote = asEndpoint(fields.remoteEndpoint, `${where}: remoteEndpoint`);
  if (remote !== undefined) span.remoteEndpoint = remote;
  const annotations = asAnnotations(fields.annotations, `${where}: annotations`);
  if (annotations.length > 0) span.annotations = annotations;
  const tags = asTags(fields.tags, `${where}: tags`);
  if (tags !== undefined) span.tags = tags;

  // The flag says that the caller made this id, which a caller cannot say of its own span.
  if (optionalBoolean(fields, 'shared', where) && span.kind !== 'CLIENT') span.shared = true;
  if (optionalBoolean(fields, 'debug', where)) span.debug = true;
  return span;
}

/** Sorted by time, then value; the same value at the same time counts once. */
export function sortAnnotations(annotations: readonly Annotation[]): Annotation[] {
  const sorted = [...annotations].sort(
    (a, b) => a.timestamp - b.timestamp || (a.value < b.value ? -1 : a.value > b.value ? 1 : 0),
  );
  return sorted.filter((each, index) => {
    const before = sorted[index - 1];
    return before?.timestamp !== each.timestamp || before.value !== each.value;
  });
}

/** Version 1 kept its tags in `binaryAnnotations` and an endpoint in every annotation. */
function refuseVersion1(fields: Fields, where: string): void {
  const annotations = Array.isArray(fields.annotations) ? fields.annotations : [];
  const old =
    'binaryAnnotations' in fields ||
    annotations.some((each) => typeof each === 'object' && each !== null && 'endpoint' in each);
  if (old) {
    throw new BadRequestError(
      `${where} is in the Zipkin v1 format, and this address takes the Zipkin v2 format`,
    );
  }
}

function asKind(kind: string, where: string): SpanKind {
  if (!isKind(kind)) {
    throw new BadRequestError(`${where}: kind must be one of ${[...KINDS].join(', ')}`);
  }
  return kind;
}

function isKind(kind: string): kind is SpanKind {
  return KINDS.has(kind);
}

function asEndpoint(value: unknown, where: string): Endpoint | undefined {
  if (value === undefined || value === null) return undefined;
  const fields = asObject(value, where);
  const endpoint: Endpoint = {};
  const serviceName = optionalString(fields, 'serviceName', where)?.toLowerCase();
  if (serviceName) endpoint.serviceName = serviceName;
  // Either field may carry either family, and a text that is no address says nothing.
  for (const field of ['ipv4', 'ipv6']) {
    Object.assign(endpoint, parseAddress(optionalString(fields, field, where) ?? ''));
  }
  const port = optionalWhole(fields, 'port', where) ?? 0;
  if (port > 65_535) throw new BadRequestError(`${where}: port is over 65535`);
  if (port > 0) endpoint.port = port;
  return Object.keys(endpoint).length > 0 ? endpoint : undefined;
}

function asAnnotations(value: unknown, where: string): Annotation[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new BadRequestError(`${where} must be a list`);
  const annotations = value.map((each: unknown, index) => {
    const at = `${where}[${index}]`;
    const fields = asObject(each, at);
    const timestamp = optionalWhole(fields, 'timestamp', at);
    if (timestamp === undefined) throw new BadRequestError(`${at}: timestamp is missing`);
    return { timestamp, value: required(fields, 'value', at) };
  });
  return sortAnnotations(annotations);
}

function asTags(value: unknown, where: string): Record<string, string> | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'object' && isTags(value)) return value;
  const entries = Object.entries(asObject(value, where)).map(([key, tag]): [string, string] => {
    if (typeof tag === 'string') return [key, tag];
    if (typeof tag === 'number' || typeof tag === 'boolean') return [key, String(tag)];
    throw new BadRequestError(`${where}.${key} must be a string`);
  });
  // fromEntries makes own properties of every key, `__proto__` too.
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

/** Most tags are as they should be, and need no copy. */
function isTags(value: object): value is Record<string, string> {
  const tags = Object.values(value);
  return !Array.isArray(value) && tags.length > 0 && tags.every((tag) => typeof tag === 'string');
}

function asObject(value: unknown, where: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new BadRequestError(`${where} must be an object`);
  }
  return { ...value };
}

function required(fields: Fields, field: string, where: string): string {
  const value = optionalString(fields, field, where);
  if (value === undefined) throw new BadRequestError(`${where}: ${field} is missing`);
  return value;
}

function optionalString(fields: Fields, field: string, where: string): string | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw new BadRequestError(`${where}: ${field} must be a string`);
  return value;
}

function optionalBoolean(fields: Fields, field: string, where: string): boolean {
  const value = fields[field];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') {
    throw new BadRequestError(`${where}: ${field} must be true or false`);
  }
  return value;
}

/** Some encoders write 64-bit integers as strings of digits, so these are taken too. */
function optionalWhole(fields: Fields, field: string, where: string): number | undefined {
  const value = fields[field];
  if (value === undefined || value === null) return undefined;
  const number = typeof value === 'string' && /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) {
    throw new BadRequestError(`${where}: ${field} must be a whole number`);
  }
  return number;
}
