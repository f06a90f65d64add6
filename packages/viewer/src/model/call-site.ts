import type { Span } from './span.js';

/** Where in a program a span was started. */
export interface CallSite {
  /** As the program's runtime names it: an absolute path, or a URL. */
  file: string;
  /** From 1. */
  line?: number;
  /** From 1. */
  column?: number;
  /** The function around it. */
  name?: string;
}

/**
 * The call site in the tags of a span, by OpenTelemetry's names (`code.file.path`, `code.line.number`) and
 * by their older ones (`code.filepath`, `code.lineno`); undefined when it was not captured.
 */
export function callSiteOf({ tags = {} }: Span): CallSite | undefined {
  const file = tags['code.file.path'] ?? tags['code.filepath'];
  if (!file) return undefined;
  const line = position(tags['code.line.number'] ?? tags['code.lineno']);
  const column = position(tags['code.column.number'] ?? tags['code.column']);
  const name = tags['code.function.name'] ?? tags['code.function'];
  return {
    file,
    ...(line === undefined ? {} : { line }),
    ...(line === undefined || column === undefined ? {} : { column }),
    ...(name ? { name } : {}),
  };
}

/** A call site as `src/shop.js:12:5`, relative to `folder` where the file lies in that. */
export function callSiteText({ file, line, column }: CallSite, folder?: string): string {
  const rest = folder !== undefined && file.startsWith(folder) ? file.slice(folder.length) : '';
  const path = /^[/\\]./.test(rest) ? rest.slice(1) : file;
  return [path, line, column].filter((part) => part !== undefined).join(':');
}

function position(text: string | undefined): number | undefined {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}
