import { labelOf, serviceOf } from './label.js';
import { selfTime } from './self-time.js';
import { isError } from './span.js';
import type { Node, Trace } from './tree.js';

/** What the spans of a trace are grouped by. */
export type Grouping = { by: 'service' } | { by: 'operation' } | { by: 'tag'; tag: string };

/** The figures of spans that have something in common. Times are in microseconds. */
export interface SpanGroup {
  /** The service, the operation or the value of the tag; undefined for spans without the tag. */
  name: string | undefined;
  /** The service of the operation; undefined in other groupings. */
  service: string | undefined;
  count: number;
  /** How many failed. */
  errors: number;
  /** The sum of the durations. */
  total: number;
  average: number;
  median: number;
  /** The 95th percentile. */
  p95: number;
  longest: number;
  /** The time in which none of the spans' children ran. */
  self: number;
  /** The part of `self` in that of all spans, 0 to 1. */
  share: number;
}

/** The spans of a trace in groups with their figures, most own time first. */
export function statisticsOf(trace: Trace, grouping: Grouping): SpanGroup[] {
  const groups = new Map<string, Node[]>();
  for (const node of trace.nodes) {
    const key = JSON.stringify(namesOf(node, grouping));
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [node]);
    else members.push(node);
  }
  const all = [...groups.values()].map((nodes) => figuresOf(nodes, grouping));
  const self = all.reduce((sum, group) => sum + group.self, 0);
  for (const group of all) group.share = self === 0 ? 0 : group.self / self;
  return all.sort((a, b) => b.self - a.self);
}

/** The keys of all tags of a trace, those of most spans first. */
export function tagKeysOf(trace: Trace): string[] {
  const counts = new Map<string, number>();
  for (const { span } of trace.nodes) {
    for (const key of Object.keys(span.tags ?? {})) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1)).map(([key]) => key);
}

/**
 * The value below which a part of the values lies, by the nearest rank.
 * @param sorted one or more values, ascending
 * @param part 0 to 1
 */
export function percentile(sorted: readonly number[], part: number): number {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
}

function namesOf({ span }: Node, grouping: Grouping): { name?: string; service?: string } {
  if (grouping.by === 'service') return { name: serviceOf(span) };
  if (grouping.by === 'operation') return { name: labelOf(span), service: serviceOf(span) };
  const { tags } = span;
  const value =
    tags !== undefined && Object.hasOwn(tags, grouping.tag) ? tags[grouping.tag] : undefined;
  return value === undefined ? {} : { name: value };
}

function figuresOf(nodes: readonly Node[], grouping: Grouping): SpanGroup {
  const durations = nodes.map(({ duration }) => duration).sort((a, b) => a - b);
  const total = durations.reduce((sum, duration) => sum + duration, 0);
  const first = nodes[0] as Node;
  const { name, service } = namesOf(first, grouping);
  return {
    name,
    service,
    count: nodes.length,
    errors: nodes.filter(({ span }) => isError(span)).length,
    total,
    average: total / nodes.length,
    median: percentile(durations, 0.5),
    p95: percentile(durations, 0.95),
    longest: durations.at(-1) ?? 0,
    self: nodes.reduce((sum, node) => sum + selfTime(node), 0),
    share: 0,
  };
}
