import type { Grouping, SpanGroup } from '../../model/statistics.js';

/**
 * The parameters of the address that show a group's spans in the timeline, found by its search; undefined
 * for the spans without a tag, for which no search asks.
 */
export function timelineSearch(
  { name, service }: SpanGroup,
  grouping: Grouping,
): Record<string, string | undefined> | undefined {
  if (name === undefined) return undefined;
  const term = grouping.by === 'tag' ? `${grouping.tag}=${name}` : name;
  const find = [service, term].filter(Boolean).join(' ');
  return { view: undefined, by: undefined, tag: undefined, sort: undefined, find };
}
