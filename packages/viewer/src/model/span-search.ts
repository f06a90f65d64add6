import { labelOf, serviceOf } from './label.js';
import type { Span } from './span.js';

/** How many characters of the texts of a trace are kept at most; longer ones are joined for each search. */
const KEPT = 20_000_000;

/**
 * A search over some spans: it answers those that have all of the words of a text, in any case and order, in
 * their service, name, id, tags (`key=value`) or logs, in the order in which they were given. Nothing is
 * found by an empty text.
 *
 * What is searched is put together at the first search and kept with the answered function, up to twenty
 * million characters.
 */
export function spanSearch<Item extends { span: Span }>(
  items: readonly Item[],
): (text: string) => Item[] {
  const texts: string[] = [];
  let kept = 0;
  const textAt = (item: Item, index: number) => {
    const known = texts[index];
    if (known !== undefined) return known;
    const text = textOf(item.span);
    kept += text.length;
    if (kept <= KEPT) texts[index] = text;
    return text;
  };
  return (text) => {
    const words = wordsOf(text);
    if (words.length === 0) return [];
    return items.filter((item, index) => {
      const all = textAt(item, index);
      return words.every((word) => all.includes(word));
    });
  };
}

/** The words that are looked for, in lower case, each once. */
export function wordsOf(text: string): string[] {
  return [...new Set(text.toLowerCase().split(/\s+/u).filter(Boolean))];
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
