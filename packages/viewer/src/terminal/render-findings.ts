import pc from 'picocolors';
import { callSiteText } from '../model/call-site.js';
import { FINDING_TITLES, type Finding, type Place } from '../model/diagnosis/finding.js';
import { count } from './format.js';
import { safeText, textWidth } from './text.js';

/** How findings are written. */
export interface FindingsOptions {
  /** Columns to fill. Default 80. */
  width?: number;
  /** Whether to use ANSI colours. Default false. */
  color?: boolean;
  /** Call sites in this folder are written relative to it. */
  folder?: string;
  /** Spans of other traces than this one are written with the ids of theirs. */
  traceId?: string;
}

const MOST_PLACES = 5;
const INDENT = '  ';

/**
 * Findings as paragraphs: the title and what was seen, the spans with their call sites, the advice. `!`
 * stands before a warning, `·` before a note. Safe for a terminal. Empty for no findings.
 */
export function renderFindings(
  findings: readonly Finding[],
  options: FindingsOptions = {},
): string {
  if (findings.length === 0) return '';
  const colors = pc.createColors(options.color ?? false);
  const width = Math.max(options.width ?? 80, 40);
  const lines = [colors.bold(count(findings.length, 'finding'))];
  for (const { kind, severity, seen, advice, places } of findings) {
    const isWarning = severity === 'warning';
    const [first = '', ...rest] = wrap(`${FINDING_TITLES[kind]}: ${safeText(seen)}`, width - 2);
    const paint = isWarning ? colors.yellow : colors.cyan;
    lines.push(`${paint(isWarning ? '!' : '·')} ${first}`, ...rest.map((line) => INDENT + line));
    const shown = places.slice(0, MOST_PLACES).map((place) => placeText(place, options));
    lines.push(...shown.map((line) => colors.cyan(INDENT + line)));
    lines.push(...wrap(advice, width - 2).map((line) => colors.dim(INDENT + line)));
  }
  return lines.join('\n');
}

function placeText(place: Place, { folder, traceId }: FindingsOptions): string {
  const { service, name, callSite, key } = place;
  const parts = [`${service}: ${name}`, `span ${key}`];
  if (place.traceId !== traceId) parts.push(`trace ${place.traceId}`);
  if (callSite !== undefined) parts.push(callSiteText(callSite, folder));
  return safeText(parts.join('  '));
}

/** Breaks at spaces; a word that is longer than a line has a line of its own. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && textWidth(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
