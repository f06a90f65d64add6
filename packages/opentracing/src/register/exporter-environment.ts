import { DEFAULT_OTLP_URL, DEFAULT_ZIPKIN_URL } from '../exporters/index.js';
import type { Parser, Read } from './environment.js';
import { parseNames } from './names.js';
import { parsePairs } from './pairs.js';

/** Where the spans go. */
export type ExporterConfiguration =
  | { kind: 'none' }
  | { kind: 'console' }
  | { kind: 'zipkin'; url: string }
  | {
      kind: 'otlp';
      url: string;
      encoding: 'protobuf' | 'json' | undefined;
      headers: Record<string, string> | undefined;
      timeoutMs: number | undefined;
    };

const KINDS = ['zipkin', 'otlp', 'console', 'none'] as const;
type Kind = (typeof KINDS)[number];
const OTLP_ENDPOINTS = [
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
] as const;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Reads which exporter the spans go to, and how that sends; the variables of the others are not read.
 *
 * Source: OpenTelemetry, "Environment Variable Specification", "OTLP Exporter Configuration".
 *
 * @param warn - told of parts of a value that are not understood
 */
export function readExporter(read: Read, warn: (sentence: string) => void): ExporterConfiguration {
  const parse: Parser<Kind> = (text, name) => parseKind(name, text, warn);
  const kind = read(
    {
      OPENTRACING_TRACES_EXPORTER: parse,
      OPENTRACING_EXPORTER: parse,
      OTEL_TRACES_EXPORTER: parse,
    },
    'the spans go to Zipkin',
  );
  switch (kind) {
    case 'none':
    case 'console':
      return { kind };
    case 'otlp':
      return { kind, ...readOtlp(read, warn) };
    default: {
      const parseUrl = urlLike(DEFAULT_ZIPKIN_URL);
      const url = read(
        { OPENTRACING_ZIPKIN_URL: parseUrl, OTEL_EXPORTER_ZIPKIN_ENDPOINT: parseUrl },
        `the spans go to ${DEFAULT_ZIPKIN_URL}`,
      );
      if (kind === undefined && url === undefined) {
        warnOfOtlp(read, warn);
      }
      return { kind: 'zipkin', url: url ?? DEFAULT_ZIPKIN_URL };
    }
  }
}

/** In OpenTelemetry the address alone is enough. */
function warnOfOtlp(read: Read, warn: (sentence: string) => void): void {
  const names = ['OPENTRACING_OTLP_URL', ...OTLP_ENDPOINTS] as const;
  const name = read(Object.fromEntries(names.map((variable) => [variable, () => variable])));
  if (name !== undefined) {
    warn(
      `${name} is set, but the spans go to Zipkin at ${DEFAULT_ZIPKIN_URL}; ` +
        'OPENTRACING_TRACES_EXPORTER=otlp sends them there.',
    );
  }
}

function readOtlp(read: Read, warn: (sentence: string) => void) {
  const parse = urlLike(DEFAULT_OTLP_URL);
  const parseBase = urlLike(new URL(DEFAULT_OTLP_URL).origin);
  const parseHeaders: Parser<Record<string, string>> = (text, name) =>
    parsePairs(name, text, warn, isHeader);
  return {
    url:
      read(
        {
          OPENTRACING_OTLP_URL: parse,
          // "If an URL contains no path part, the root path / MUST be used": which a parsed URL has.
          OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: (text) => new URL(parse(text)).href,
          OTEL_EXPORTER_OTLP_ENDPOINT: (text) => tracesUrl(parseBase(text)),
        },
        `the spans go to ${DEFAULT_OTLP_URL}`,
      ) ?? DEFAULT_OTLP_URL,
    encoding: read(
      {
        OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: parseProtocol,
        OTEL_EXPORTER_OTLP_PROTOCOL: parseProtocol,
      },
      'http/protobuf is used instead',
    ),
    headers: read({
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: parseHeaders,
      OTEL_EXPORTER_OTLP_HEADERS: parseHeaders,
    }),
    timeoutMs: read({
      OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: parseTimeout,
      OTEL_EXPORTER_OTLP_TIMEOUT: parseTimeout,
    }),
  };
}

// Source: RFC 9110, 5.1 and 5.5; Node sends no others.
const isHeader = (name: string, value: string): boolean =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(value);

/** OpenTelemetry allows a list, of which the first one is taken that we have. */
function parseKind(variable: string, text: string, warn: (sentence: string) => void): Kind {
  const names = parseNames(text);
  const kind = names.find(isKind);
  if (kind === undefined) {
    throw new Error('it takes zipkin, otlp, console or none');
  }
  if (names.length > 1) {
    warn(`${variable} is '${text}', but there is one exporter at a time; it is ${kind}.`);
  }
  return kind;
}

function isKind(name: string): name is Kind {
  return (KINDS as readonly string[]).includes(name);
}

const urlLike =
  (example: string) =>
  (text: string): string => {
    if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
      throw new Error(`it takes an address such as ${example}`);
    }
    return text;
  };

/** The address of traces under that of all signals. */
function tracesUrl(base: string): string {
  const url = new URL(base);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/v1/traces`;
  return url.href;
}

function parseProtocol(text: string): 'protobuf' | 'json' {
  switch (text.toLowerCase()) {
    case 'http/protobuf':
      return 'protobuf';
    case 'http/json':
      return 'json';
    default:
      throw new Error('it takes http/protobuf or http/json; gRPC is not supported');
  }
}

function parseTimeout(text: string): number {
  const ms = Number(text);
  if (!(ms > 0 && ms <= MAX_TIMEOUT_MS)) {
    throw new Error('it takes a number of milliseconds above 0');
  }
  return ms;
}
