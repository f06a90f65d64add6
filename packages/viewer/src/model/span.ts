/** Which side of a call a span stands for; a span without a kind is local work. */
export type SpanKind = 'CLIENT' | 'SERVER' | 'PRODUCER' | 'CONSUMER';

/** A network address in Zipkin v2 JSON; every field may be absent, but not all of them. */
export interface Endpoint {
  /** Lower-cased name of the service. */
  serviceName?: string;
  /** Dotted decimal. */
  ipv4?: string;
  /** Canonical (RFC 5952) text; an IPv4-mapped address stands in `ipv4` instead. */
  ipv6?: string;
  /** 1 to 65,535. */
  port?: number;
}

/** Something that happened at a moment of a span (a log in OpenTracing's words). */
export interface Annotation {
  /** Whole microseconds since the Unix epoch. */
  timestamp: number;
  /** What happened. */
  value: string;
}

/** One span in normalised Zipkin v2 JSON, as the collector stores it and its API answers it. */
export interface Span {
  /** 16 or 32 lower-case hexadecimal digits, not all zeros. */
  traceId: string;
  /** 16 lower-case hexadecimal digits, not all zeros. */
  id: string;
  /** The parent's `id`; absent at the root, never equal to `id`. */
  parentId?: string;
  /** Which side of a call this is. */
  kind?: SpanKind;
  /** Lower-cased, never empty. */
  name?: string;
  /** Start in whole microseconds since the Unix epoch, above zero. */
  timestamp?: number;
  /** Length in whole microseconds, above zero. */
  duration?: number;
  /** The program that recorded the span. */
  localEndpoint?: Endpoint;
  /** The other side of the call. */
  remoteEndpoint?: Endpoint;
  /** Sorted by time, without duplicates. */
  annotations?: Annotation[];
  /** Strings only; the key `error` marks a failed span. */
  tags?: Record<string, string>;
  /** True when the id was made by the caller (the server half of an RPC that shares one id). */
  shared?: boolean;
  /** True when sampling was forced. */
  debug?: boolean;
}

/** Whether the span failed: in Zipkin's model, whether it has a tag `error`, with any value. */
export function isError(span: Span): boolean {
  return span.tags !== undefined && Object.hasOwn(span.tags, 'error');
}
