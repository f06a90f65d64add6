import { writeTerm } from '../../model/search-terms.js';
import type { Span } from '../../model/span.js';

/** What a search may be completed to. */
export interface Known {
  services: readonly string[];
  /** Of the chosen service. */
  operations: readonly string[];
  /** As `termsOf` finds them. */
  terms: readonly string[];
}

const mostSuggestions = 50;
const mostTerms = 500;

/** The text with its last word completed in each way that is known, the likely ones first. */
export function suggest(text: string, { services, operations, terms }: Known): string[] {
  const [, before = '', begun = ''] = /^(.*\s)?(\S*)$/su.exec(text) ?? [];
  // Within quotation marks a space ends no word.
  if ((before.match(/"/g)?.length ?? 0) % 2 === 1) return [];
  const all = [
    'error',
    ...services.map((name) => `service=${quoted(name)}`),
    ...operations.map((name) => `name=${quoted(name)}`),
    'minDuration=',
    'maxDuration=',
    ...terms,
  ];
  const wanted = begun.toLowerCase();
  return all
    .filter((term) => term.toLowerCase().startsWith(wanted) && term !== begun)
    .slice(0, mostSuggestions)
    .map((term) => before + term);
}

/** The tags of the spans as terms of a search, those of most spans first. */
export function termsOf(traces: readonly (readonly Span[])[]): string[] {
  const counts = new Map<string, number>();
  for (const { tags = {} } of traces.flat()) {
    for (const [key, value] of Object.entries(tags)) {
      if (value.length > 60) continue;
      const term = value === '' ? writeTerm(key) : writeTerm(key, value);
      counts.set(term, (counts.get(term) ?? 0) + 1);
    }
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, mostTerms)
    .map(([term]) => term);
}

/** The value of a field, whose name is not to be quoted. */
function quoted(value: string): string {
  return writeTerm('', value).replace(/^""=/, '');
}
