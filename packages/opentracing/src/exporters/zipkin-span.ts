import { asText } from '../as-text.js';
import type { BasicSpan } from '../basictracer/basic-span.js';
import { REFERENCE_FOLLOWS_FROM } from '../reference.js';
import { Tags } from '../tags.js';
import { type IpAddress, parseIp } from './ip-address.js';
import { eventAlone, fieldOf, keysOf, loggedMessage } from './log-fields.js';
import { textOf } from './text-of.js';

/** What an encoder of Zipkin's has to know beside the spans. */
export interface EncodeOptions {
  /** The name of the service that the spans belong to. */
  serviceName: string;
}

/** The kinds of Zipkin by their names in `span.kind`; the number is that of its proto3. */
const KINDS: Readonly<Record<string, number>> = { client: 1, server: 2, producer: 3, consumer: 4 };
const MAX_PORT = 65_535;
const E = 101;
const P = 112;
const S = 115;

/**
 * What the tags of a span say that is not a tag in Zipkin's model: one object for a whole batch. With
 * {@link annotationOf} and {@link microsOf} it is the whole of the mapping, apart from the form of the
 * encoding, so that JSON and proto3 cannot disagree.
 *
 * Source: Zipkin's v2 API, `Span`.
 */
export class ZipkinFields {
  /** 1 client, 2 server, 3 producer, 4 consumer; 0 for a span within a program. */
  kind = 0;
  /** Whether any of the next four is there. */
  hasRemote = false;
  remoteName = '';
  remoteIpv4: IpAddress | null = null;
  remoteIpv6: IpAddress | null = null;
  /** 1 to 65,535; 0 where there is none. */
  remotePort = 0;

  /** Those that were read in this batch, which come again and again. */
  addresses = new Map<string, IpAddress | null>();

  /** Before the tags of the next span. */
  clear(): void {
    this.kind = 0;
    if (this.hasRemote) {
      this.hasRemote = false;
      this.remoteName = '';
      this.remoteIpv4 = null;
      this.remoteIpv6 = null;
      this.remotePort = 0;
    }
  }

  /** Takes a tag: returns the value of what stays one, `undefined` for others. */
  read(span: BasicSpan, key: string, value: unknown): string | undefined {
    const text = typeof value === 'string' ? value : textOf(value);
    // Few tags begin like those that mean something to Zipkin.
    const first = key.charCodeAt(0);
    return first === P || first === S || first === E
      ? this.readSpecial(span, key, value, text)
      : text;
  }

  readSpecial(
    span: BasicSpan,
    key: string,
    value: unknown,
    text: string | undefined,
  ): string | undefined {
    if (key === Tags.SPAN_KIND && text !== undefined && Object.hasOwn(KINDS, text)) {
      this.kind = KINDS[text] as number;
      return undefined;
    }
    if (key === Tags.ERROR) {
      // To Zipkin the mere presence of the tag is an error.
      const isNone = text === 'false';
      return isNone ? undefined : value === true ? (loggedMessage(span._logs) ?? text) : text;
    }
    return text && this.isRemote(key, text) ? undefined : text;
  }

  /** Whether a tag tells of the remote endpoint, and is kept as that. */
  isRemote(key: string, text: string): boolean {
    switch (key) {
      case Tags.PEER_SERVICE:
        this.remoteName = text;
        break;
      case Tags.PEER_HOST_IPV4:
      case Tags.PEER_HOST_IPV6: {
        const address = this.addressOf(text);
        if (address === null) {
          return false;
        }
        this[address.bytes.length === 4 ? 'remoteIpv4' : 'remoteIpv6'] = address;
        break;
      }
      case Tags.PEER_PORT: {
        const port = Number(text);
        if (!(Number.isInteger(port) && port > 0 && port <= MAX_PORT)) {
          return false;
        }
        this.remotePort = port;
        break;
      }
      default:
        return false;
    }
    this.hasRemote = true;
    return true;
  }

  addressOf(text: string): IpAddress | null {
    let address = this.addresses.get(text);
    if (address === undefined) {
      address = parseIp(text);
      this.addresses.set(text, address);
    }
    return address;
  }
}

/**
 * What Zipkin has no field for, as further tags, few spans having any: that a span follows from its
 * parent, which does not wait for it, and what limits have left out.
 *
 * Source: OpenTelemetry's semantic conventions, "OpenTracing Compatibility"; its "Transformation to
 * non-OTLP Formats", "Dropped Attributes Count" and "Dropped Events Count".
 *
 * @internal
 */
export function extraTagsOf({
  references,
  droppedTags,
  droppedLogs,
}: BasicSpan): [string, string][] {
  const tags: [string, string][] = [];
  if (references[0] && references.every((each) => each.type() === REFERENCE_FOLLOWS_FROM)) {
    tags.push(['opentracing.ref_type', REFERENCE_FOLLOWS_FROM]);
  }
  if (droppedTags > 0) {
    tags.push(['otel.dropped_attributes_count', `${droppedTags}`]);
  }
  if (droppedLogs > 0) {
    tags.push(['otel.dropped_events_count', `${droppedLogs}`]);
  }
  return tags;
}

/** @internal Zipkin's annotations are text: an event alone is its own text, other fields become `key=value`. */
export function annotationOf(fields: unknown): string {
  return eventAlone(fields) ?? allFields(fields);
}

function allFields(fields: unknown): string {
  const parts: string[] = [];
  const hasMessage = fieldOf(fields, 'message') !== undefined;
  for (const key of keysOf(fields)) {
    // The error is told by its kind, message and stack.
    const text = key === 'error.object' && hasMessage ? undefined : textOf(fieldOf(fields, key));
    if (text !== undefined) {
      parts.push(`${key}=${text}`);
    }
  }
  const event = fieldOf(fields, 'event');
  return parts.length === 1 && typeof event === 'string' ? event : parts.join(' ');
}

/**
 * Zipkin's times: whole microseconds of at least 1, because 0 means absent to it, and of less than
 * 2^53, so that one wild time does not spoil the batch.
 *
 * @param ms - milliseconds; what is no number is 1
 * @internal
 */
export function microsOf(ms: number): number {
  return withinRange(Math.round(ms * 1000));
}

/** @internal The duration of a span, as {@link microsOf}. */
export function durationOf(span: BasicSpan): number {
  return withinRange(span._micros);
}

function withinRange(micros: number): number {
  return micros >= 1 ? Math.min(micros, Number.MAX_SAFE_INTEGER) : 1;
}

/** @internal A tag's key, which the program may have given as anything; `undefined` where it has no text. */
export function keyOf(key: unknown): string | undefined {
  return typeof key === 'string' ? key : asText(key);
}

/** @internal The name of a span, which may be anything that the program gave. */
export function nameOf(span: BasicSpan): string {
  const { operationName } = span;
  return typeof operationName === 'string' ? operationName : (textOf(operationName) ?? '');
}

/** @internal Whether a span has a parent: a trace's root has none, and no span is its own. */
export function hasParent({ _parent0, _parent1, _span0, _span1 }: BasicSpan): boolean {
  return (_parent0 !== 0 || _parent1 !== 0) && (_parent0 !== _span0 || _parent1 !== _span1);
}
