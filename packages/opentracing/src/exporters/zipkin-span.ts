import { asText } from '../as-text.js';
import type { BasicSpan } from '../basictracer/basic-span.js';
import { Tags } from '../tags.js';
import { textOf } from './text-of.js';

/** Who a span belongs to, as Zipkin has it. */
export interface ZipkinEndpoint {
  serviceName?: string;
  ipv4?: string;
  ipv6?: string;
  port?: number;
}

/**
 * A span as Zipkin's v2 model has it, apart from the form of the encoding.
 *
 * Source: Zipkin's v2 API, `Span`.
 */
export interface ZipkinSpan {
  traceId: string;
  parentId?: string;
  id: string;
  kind?: string;
  name: string;
  /** Microseconds since the Unix epoch, whole. */
  timestamp: number;
  /** Microseconds, whole, at least 1: 0 means absent. */
  duration: number;
  debug?: true;
  shared?: true;
  localEndpoint: ZipkinEndpoint;
  remoteEndpoint?: ZipkinEndpoint;
  annotations?: { timestamp: number; value: string }[];
  tags?: Record<string, string>;
}

const KINDS = new Set(['client', 'server', 'producer', 'consumer']);
const MAX_PORT = 65_535;

/** @internal The span in Zipkin's model: kind, endpoints and error told from the standard tags. */
export function toZipkinSpan(span: BasicSpan, localEndpoint: ZipkinEndpoint): ZipkinSpan {
  const context = span.context();
  const zipkin: ZipkinSpan = {
    traceId: context.toTraceId(),
    id: context.toSpanId(),
    name: textOf(span.operationName) ?? '',
    timestamp: Math.round(span.startTime * 1000),
    duration: Math.max(1, Math.round(span.duration * 1000)),
    localEndpoint,
  };
  if (span.parentId !== null) {
    zipkin.parentId = span.parentId;
  }
  if (context._trace.debug) {
    zipkin.debug = true;
  }
  if (span.isShared) {
    zipkin.shared = true;
  }
  addTags(zipkin, span);
  addAnnotations(zipkin, span);
  return zipkin;
}

function addTags(zipkin: ZipkinSpan, span: BasicSpan): void {
  const remote: ZipkinEndpoint = {};
  const tags: Record<string, string> = Object.create(null);
  const flat = span._compactTags();
  for (let i = 0; i < span._tagsEnd; i += 2) {
    const key = asText(flat[i]);
    const value = flat[i + 1];
    const text = textOf(value);
    if (key === Tags.SPAN_KIND && KINDS.has(value as string)) {
      zipkin.kind = (value as string).toUpperCase();
    } else if (key === Tags.PEER_SERVICE && text) {
      remote.serviceName = text;
    } else if (key === Tags.PEER_HOST_IPV4 && text) {
      remote.ipv4 = text;
    } else if (key === Tags.PEER_HOST_IPV6 && text) {
      remote.ipv6 = text;
    } else if (key === Tags.PEER_PORT && isPort(Number(text))) {
      remote.port = Number(text);
    } else if (key === Tags.ERROR && (value === false || text === 'false')) {
      // To Zipkin the mere presence of the tag is an error.
    } else if (key === Tags.ERROR && value === true) {
      tags[key] = loggedMessage(span) ?? 'true';
    } else if (text !== undefined && key !== undefined) {
      tags[key] = text;
    }
  }
  if (Object.keys(remote).length > 0) {
    zipkin.remoteEndpoint = remote;
  }
  if (Object.keys(tags).length > 0) {
    zipkin.tags = tags;
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port > 0 && port <= MAX_PORT;
}

/** The message of the last error that was logged: Zipkin shows it as the value of the tag. */
function loggedMessage(span: BasicSpan): string | undefined {
  const logs = span._logs ?? [];
  for (let i = logs.length - 1; i > 0; i -= 2) {
    const fields = logs[i];
    if (fieldOf(fields, 'event') === 'error') {
      const message = textOf(fieldOf(fields, 'message'));
      if (message !== undefined) {
        return message;
      }
    }
  }
  return undefined;
}

function addAnnotations(zipkin: ZipkinSpan, span: BasicSpan): void {
  const flat = span._logs;
  if (flat === null) {
    return;
  }
  const annotations: { timestamp: number; value: string }[] = [];
  for (let i = 0; i < flat.length; i += 2) {
    annotations.push({
      timestamp: Math.round(Number(textOf(flat[i])) * 1000) || 0,
      value: annotationOf(flat[i + 1]),
    });
  }
  zipkin.annotations = annotations;
}

/** Zipkin's annotations are text: an event alone is its own text, other fields become `key=value`. */
function annotationOf(fields: unknown): string {
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

/** A field that was logged; `undefined` where it throws when it is asked, or where there are none. */
function fieldOf(fields: unknown, key: string): unknown {
  try {
    return (fields as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function keysOf(fields: unknown): string[] {
  try {
    return Object.keys(fields as object);
  } catch {
    return [];
  }
}
