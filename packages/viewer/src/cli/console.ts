import pc from 'picocolors';
import { safeText } from '../terminal/text.js';

/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const PROGRAM =
  process.env.npm_command === 'exec' ? 'npx opentracing-viewer' : 'opentracing-viewer';

/**
 * A command line for hints that can be pasted: in the words in which this program was called, and about the
 * same file.
 * @param command a command with its arguments; empty for the collector and its page
 * @param db what the person gave as the file
 */
export function commandLine(command: string, db: string | undefined): string {
  const [name = '', ...rest] = command.split(' ');
  const file = db === undefined ? [] : ['--db', safeText(db)];
  return [PROGRAM, name, ...file, ...rest].filter((part) => part !== '').join(' ');
}

/**
 * Colours for a stream: only on a terminal, or with `FORCE_COLOR` (other than `0` and `false`) wherever the
 * output goes; never when `NO_COLOR` is set to anything.
 */
export function useColor(output: Output): boolean {
  const { FORCE_COLOR, NO_COLOR, TERM } = process.env;
  if (NO_COLOR) return false;
  if (FORCE_COLOR) return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  return output.isTTY === true && TERM !== 'dumb';
}

/** picocolors for a stream. */
export function colorsFor(output: Output): ReturnType<typeof pc.createColors> {
  return pc.createColors(useColor(output));
}

/** The columns of a terminal; 100 when the output goes elsewhere, unless `COLUMNS` says otherwise. */
export function widthOf(output: Output): number {
  return output.columns ?? (Number(process.env.COLUMNS) || 100);
}
