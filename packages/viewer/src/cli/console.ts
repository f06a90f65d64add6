import pc from 'picocolors';

/** Where a command writes. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

/** How the person called this program, for hints that can be pasted. */
export const PROGRAM =
  process.env.npm_command === 'exec' ? 'npx opentracing-viewer' : 'opentracing-viewer';

/** Colours for a stream: only on a terminal, and never when `NO_COLOR` is set to anything. */
export function useColor(output: Output): boolean {
  const { NO_COLOR, TERM } = process.env;
  return output.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** picocolors for a stream. */
export function colorsFor(output: Output): ReturnType<typeof pc.createColors> {
  return pc.createColors(useColor(output));
}

/** The columns of a terminal; 100 when the output goes elsewhere, unless `COLUMNS` says otherwise. */
export function widthOf(output: Output): number {
  return output.columns ?? (Number(process.env.COLUMNS) || 100);
}
