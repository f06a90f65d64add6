import type { BasicSpan } from '../basictracer/basic-span.js';
import { describeError } from '../describe-error.js';
import type { BasicSpanContext, LocalTrace } from '../propagation/basic-span-context.js';
import { ownContext } from '../propagation/own-context.js';
import { REFERENCE_CHILD_OF } from '../reference.js';
import { Tags } from '../tags.js';
import { eventAlone, fieldOf, keysOf, loggedMessage } from './log-fields.js';
import { textOf } from './text-of.js';
import { VERSION } from './version.js';
import type { EncodeOptions } from './zipkin-span.js';

/** What the encoders of OTLP have to know beside the spans. */
export interface OtlpEncodeOptions extends EncodeOptions {
  /**
   * What else describes the program: attributes of the resource beside `service.name` and
   * `telemetry.sdk.*`, such as `{ 'service.version': '1.2.0' }`.
   */
  resource?: Readonly<Record<string, unknown>> | undefined;
}

/** A value that OTLP has a type for; a whole number that fits into 64 bits is an integer to it. */
export type AttributeValue =
  | string
  | number
  | bigint
  | boolean
  | readonly (AttributeValue | null)[];

/** Name, attributes as key, value, key, value. */
export interface OtlpEvent {
  name: string;
  attributes: readonly unknown[];
}

/** Another span that a span is related to, beside its parent. */
export interface OtlpLink {
  context: BasicSpanContext;
  /** `child_of` or `follows_from`. */
  type: string;
}

const INTERNAL = 1;
const KINDS: Readonly<Record<string, number>> = { server: 2, client: 3, producer: 4, consumer: 5 };
const UNSET = 0;
const OK = 1;
const ERROR = 2;
const E = 101;
const S = 115;
const NO_ATTRIBUTES: readonly unknown[] = [];
/** The fields of a logged error, and what OpenTelemetry calls them. */
const EXCEPTION_NAMES: Readonly<Record<string, string>> = {
  'error.kind': 'exception.type',
  message: 'exception.message',
  stack: 'exception.stacktrace',
};
const INT64 = 64;

const SAMPLED = 0x1;
const RANDOM = 0x2;
/** Whether the flag below says anything. */
const KNOWS_WHERE = 0x100;
const IS_REMOTE = 0x200;

/**
 * What the tags of a span say that is no attribute in OTLP's model: one object for a whole batch. With
 * the functions below it is the whole of the mapping, so that protobuf and JSON cannot disagree.
 *
 * Source: OpenTelemetry, "OpenTracing Compatibility".
 */
export class OtlpFields {
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind = INTERNAL;
  /** 0 unset, 1 ok, 2 error. */
  statusCode = UNSET;
  statusMessage = '';

  /** Before the tags of the next span. */
  clear(): void {
    this.kind = INTERNAL;
    this.statusCode = UNSET;
    this.statusMessage = '';
  }

  /** Takes a tag: returns the value of what is an attribute, `undefined` for others and without a key. */
  read(span: BasicSpan, key: string, value: unknown): AttributeValue | undefined {
    if (key === '') {
      return undefined;
    }
    const first = key.charCodeAt(0);
    return (first === S || first === E) && this.isSpecial(span, key, value)
      ? undefined
      : attributeOf(value);
  }

  isSpecial(span: BasicSpan, key: string, value: unknown): boolean {
    if (key === Tags.SPAN_KIND && typeof value === 'string' && Object.hasOwn(KINDS, value)) {
      this.kind = KINDS[value] as number;
      return true;
    }
    if (key !== Tags.ERROR) {
      return false;
    }
    const text = textOf(value);
    if (text !== undefined) {
      const isOk = text === 'false';
      this.statusCode = isOk ? OK : ERROR;
      const message = text === 'true' ? loggedMessage(span._logs) : text;
      this.statusMessage = isOk ? '' : (message ?? '');
    }
    return true;
  }
}

/** A value as OTLP has it; what is of another type becomes text, what has none is left out. */
function attributeOf(value: unknown): AttributeValue | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
    case 'number':
      return value;
    case 'bigint':
      return value === BigInt.asIntN(INT64, value) ? value : String(value);
    default:
      return listOf(value) ?? textOf(value);
  }
}

/** A list of simple values; `undefined` for anything else, and where it throws when it is asked. */
function listOf(value: unknown): (AttributeValue | null)[] | undefined {
  try {
    return Array.isArray(value)
      ? Array.from(
          value,
          (element) => (isList(element) ? textOf(element) : attributeOf(element)) ?? null,
        )
      : undefined;
  } catch {
    return undefined;
  }
}

const isList = (value: unknown): boolean => Array.isArray(value);

/** @internal A log as an event; a logged error is an `exception`. */
export function eventOf(fields: unknown): OtlpEvent {
  const alone = eventAlone(fields);
  if (alone !== undefined) {
    return { name: alone, attributes: NO_ATTRIBUTES };
  }
  const event = textOf(fieldOf(fields, 'event')) ?? 'log';
  return event === 'error'
    ? exceptionOf(fields)
    : { name: event, attributes: attributesOf(fields) };
}

function attributesOf(fields: unknown): unknown[] {
  const attributes: unknown[] = [];
  for (const key of keysOf(fields)) {
    if (key !== 'event') {
      addTo(attributes, key, fieldOf(fields, key));
    }
  }
  return attributes;
}

function exceptionOf(fields: unknown): OtlpEvent {
  const attributes: unknown[] = [];
  const object = fieldOf(fields, 'error.object');
  const described = object === undefined ? {} : describeError(object);
  for (const [key, name] of Object.entries(EXCEPTION_NAMES)) {
    addTo(attributes, name, fieldOf(fields, key) ?? described[key]);
  }
  const derived = [...attributes];
  for (const key of keysOf(fields)) {
    const isOwn = key !== 'event' && key !== 'error.object' && !Object.hasOwn(EXCEPTION_NAMES, key);
    // A collector that finds a name twice keeps either.
    if (isOwn && !derived.some((name, i) => i % 2 === 0 && name === key)) {
      addTo(attributes, key, fieldOf(fields, key));
    }
  }
  return { name: attributes.length > 0 ? 'exception' : 'error', attributes };
}

function addTo(attributes: unknown[], key: string, value: unknown): void {
  const attribute = attributeOf(value);
  if (attribute !== undefined && key !== '') {
    attributes.push(key, attribute);
  }
}

/**
 * The flags of a span: those of W3C, and whether its parent is a span of another process.
 *
 * Source: OTLP 1.x, `SpanFlags`.
 *
 * @param hasParent - as the span is written
 * @internal
 */
export function flagsOf(span: BasicSpan, hasParent: boolean): number {
  const { _trace: trace, _parent0, _parent1 } = span;
  const isRemote =
    hasParent &&
    ((_parent0 === trace.remote0 && _parent1 === trace.remote1) || span._extras?.isShared === true);
  return flags(SAMPLED, trace, isRemote);
}

/** @internal The flags of a link, as those of a span: of the decision, and where the other span is. */
export function linkFlagsOf({ _trace: trace, _span0, _span1 }: BasicSpanContext): number {
  // A context of a trace in which nothing was started here came from elsewhere.
  const isRemote =
    Number.isNaN(trace.epochOffset) || (_span0 === trace.remote0 && _span1 === trace.remote1);
  return flags(trace.sampled === true ? SAMPLED : 0, trace, isRemote);
}

function flags(sampled: number, { arrived }: LocalTrace, isRemote: boolean): number {
  return sampled | (arrived?.isRandom ? RANDOM : 0) | KNOWS_WHERE | (isRemote ? IS_REMOTE : 0);
}

/** @internal The references of a span but for its parent. */
export function linksOf(span: BasicSpan): OtlpLink[] {
  const links: OtlpLink[] = [];
  let hasParent = false;
  for (const reference of span._extras?.references ?? []) {
    const context = ownContext(reference.referencedContext());
    const type = reference.type();
    if (!hasParent && type === REFERENCE_CHILD_OF) {
      hasParent = true;
    } else if (context?._hasIds()) {
      links.push({ context, type });
    }
  }
  return links;
}

/** @internal What describes the program, as key, value, key, value. */
export function resourceOf({ serviceName, resource = {} }: OtlpEncodeOptions): unknown[] {
  const own: Record<string, string> = {
    [SERVICE_NAME]: serviceName,
    'telemetry.sdk.name': SCOPE_NAME,
    'telemetry.sdk.version': VERSION,
    'telemetry.sdk.language': 'process' in globalThis ? 'nodejs' : 'webjs',
  };
  const attributes: unknown[] = Object.entries(own).flat();
  for (const key of keysOf(resource)) {
    if (!Object.hasOwn(own, key)) {
      addTo(attributes, key, fieldOf(resource, key));
    }
  }
  return attributes;
}

const SERVICE_NAME = 'service.name';
/** @internal */
export const SCOPE_NAME = 'opentracing-ts';

// 2262: more nanoseconds do not fit into 63 bits.
const MAX_MS = 9.2e12;
const NS_PER_MS = 1e6;

/**
 * A time in nanoseconds as whole milliseconds and the nanoseconds beyond them: neither alone nor as a
 * sum would it fit into a number.
 */
export class Nanos {
  ms = 0;
  /** Below a million. */
  ns = 0;

  /** @param sinceEpoch - milliseconds */
  set(sinceEpoch: number): void {
    const whole = Math.floor(sinceEpoch);
    // Below a million, or rounded up to it.
    this.put(whole, ((sinceEpoch - whole) * NS_PER_MS + 0.5) | 0);
  }

  /** Adds whole microseconds, without rounding the sum. */
  add(micros: number): void {
    const ms = Math.floor(micros / 1000);
    this.put(this.ms + ms, this.ns + (micros - ms * 1000) * 1000);
  }

  /** @param ns - below two million */
  put(ms: number, ns: number): void {
    const isCarried = ns >= NS_PER_MS;
    this.ms = isCarried ? ms + 1 : ms;
    this.ns = isCarried ? ns - NS_PER_MS : ns;
    if (!(ms < MAX_MS)) {
      this.ms = MAX_MS;
      this.ns = 0;
    }
  }
}
