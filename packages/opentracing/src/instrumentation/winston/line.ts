import type { Span } from '../../span.js';
import { logLine } from '../log-lines.js';

/** A line of winston, called `info` there. @internal */
export type Line = Record<PropertyKey, unknown>;

/** The level as it was called, where a format has coloured it. */
const LEVEL = Symbol.for('level');

/** @internal The level of a line. */
export function levelOf(line: Readonly<Line>): string {
  return String(line[LEVEL] ?? line.level);
}

/**
 * Makes a line a log of a span.
 *
 * @param text - the text, of what the line has as `message`
 * @internal
 */
export function recordLine(
  span: Span,
  line: Readonly<Line>,
  text: (message: unknown) => string,
): void {
  const { message, error, err, stack } = line;
  const written = text(message ?? '');
  const failure =
    [line, message, error, err].find((value) => value instanceof Error) ??
    // What winston makes of an error that is given after the message.
    (typeof stack === 'string' ? { message: written, stack } : undefined);
  logLine(span, levelOf(line), written, failure);
}
