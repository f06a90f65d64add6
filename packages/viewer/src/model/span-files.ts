import { otlpOf } from './otlp-json.js';
import type { Span } from './span.js';

/** The formats in which traces are written to files. */
export const FORMATS = ['zipkin', 'otlp'] as const;

/** A format in which traces are written to files. */
export type Format = (typeof FORMATS)[number];

/**
 * The text of a file with the traces, a piece for each: in Zipkin v2 JSON one list with a span on each
 * line, in OTLP JSON a request on each line.
 */
export function writeTraces(format: Format, traces: Iterable<readonly Span[]>): Iterable<string> {
  return format === 'otlp' ? otlp(traces) : zipkin(traces);
}

function* zipkin(traces: Iterable<readonly Span[]>): Generator<string> {
  let before = '[\n';
  for (const spans of traces) {
    yield before + spans.map((span) => JSON.stringify(span)).join(',\n');
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}

function* otlp(traces: Iterable<readonly Span[]>): Generator<string> {
  for (const spans of traces) yield `${JSON.stringify(otlpOf(spans))}\n`;
}
