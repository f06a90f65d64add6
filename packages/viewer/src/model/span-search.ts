import { labelOf, serviceOf } from './label.js';
import type { Span } from './span.js';

/**
 * Whether a span has all of the words of a text, in any case and order: in its service, its name, its id, its
 * tags (`key=value`) or its logs. Nothing is found by an empty text.
 */
export function hasWords(span: Span, text: string): boolean {
  const words = wordsOf(text);
  if (words.length === 0) return false;
  const all = textOf(span);
  return words.every((word) => all.includes(word));
}

/** The words that are looked for, in lower case. */
function wordsOf(text: string): string[] {
  return text.toLowerCase().split(/\s+/u).filter(Boolean);
}

function textOf(span: Span): string {
  const { id, kind, tags = {}, annotations = [], localEndpoint, remoteEndpoint } = span;
  return [
    serviceOf(span),
    labelOf(span),
    id,
    kind ?? '',
    localEndpoint?.ipv4 ?? '',
    remoteEndpoint?.serviceName ?? '',
    ...Object.entries(tags).map(([key, value]) => `${key}=${value}`),
    ...annotations.map(({ value }) => value),
  ]
    .join('\n')
    .toLowerCase();
}
