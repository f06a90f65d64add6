import { type CallSite, callSiteOf } from '../call-site.js';
import { labelOf, serviceOf } from '../label.js';
import type { Node } from '../tree.js';

/** What can be wrong with the spans of a trace, by the name for programs; see `FINDING_TITLES`. */
export type FindingKind = keyof typeof FINDING_TITLES;

/** What each kind of finding is called. */
export const FINDING_TITLES = {
  'lost-between': 'Context lost between services',
  'lost-inside': 'Context lost inside of a program',
  orphan: 'Parent missing',
  'second-root': 'Second root',
  'late-child': 'Child of a finished span',
  unfinished: 'Never finished',
  clock: 'Clock trouble',
  'duplicate-id': 'Span id used twice',
  'no-service': 'No service name',
} as const;

/** Something that is wrong with spans, or looks like it. */
export interface Finding {
  kind: FindingKind;
  /** A note may be as it should be; a warning hardly is. */
  severity: 'warning' | 'note';
  /** What was seen, in a sentence. */
  seen: string;
  /** What usually causes it and how to mend it, in a sentence. */
  advice: string;
  /** How many spans it is about. */
  count: number;
  /** The spans, the one to look at first at the head; a few of them after `withFewPlaces`. */
  places: Place[];
}

/** A span that a finding is about. */
export interface Place {
  traceId: string;
  /** The node's key in its trace. */
  key: string;
  service: string;
  /** What to call the span, see `labelOf`. */
  name: string;
  callSite?: CallSite;
}

/** How many places of a finding are told. */
const MOST_PLACES = 20;
const LONGEST_NAME = 60;

/** Where a node is, for a finding. */
function placeOf(node: Node): Place {
  const callSite = callSiteOf(node.span);
  return {
    traceId: node.span.traceId,
    key: node.key,
    service: serviceOf(node.span),
    name: labelOf(node.span),
    ...(callSite === undefined ? {} : { callSite }),
  };
}

/** A finding about nodes, of which there is at least one. */
export function findingOf(
  kind: FindingKind,
  severity: Finding['severity'],
  nodes: readonly Node[],
  seen: string,
  advice: string,
): Finding {
  return { kind, severity, seen, advice, count: nodes.length, places: nodes.map(placeOf) };
}

/** A finding with no more than 20 places, some of the trace that it is told about among them. */
export function withFewPlaces(finding: Finding, traceId?: string): Finding {
  const first = finding.places.slice(0, MOST_PLACES);
  const own = finding.places.filter((place) => place.traceId === traceId);
  const isAmong = own.length === 0 || first.some((place) => place.traceId === traceId);
  return { ...finding, places: isAmong ? first : [...own, ...first].slice(0, MOST_PLACES) };
}

/** Warnings first, in each the kinds in their order. */
export function bySeverity<F extends Pick<Finding, 'kind' | 'severity'>>(
  findings: readonly F[],
): F[] {
  const kinds = Object.keys(FINDING_TITLES);
  const rank = ({ kind, severity }: F) =>
    kinds.indexOf(kind) + (severity === 'warning' ? 0 : kinds.length);
  return [...findings].sort((a, b) => rank(a) - rank(b));
}

/** The name of a span in a sentence: `“get /orders” of shop`. */
export function named(node: Node): string {
  return `${quoted(labelOf(node.span))} of ${shortened(serviceOf(node.span))}`;
}

/** The first of several spans in a sentence: `“a” of shop and 2 more spans`. */
export function namedAll([first, ...others]: readonly [Node, ...Node[]]): string {
  const more = others.length === 1 ? '1 more span' : `${others.length} more spans`;
  return others.length === 0 ? named(first) : `${named(first)} and ${more}`;
}

/** Text of a span in a sentence. */
export function quoted(text: string): string {
  return `“${shortened(text)}”`;
}

function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME - 1)}…` : text;
}

/** A length of time in a sentence. @param micros microseconds */
export function lengthOf(micros: number): string {
  const units: [size: number, name: string][] = [
    [86_400_000_000, 'days'],
    [1_000_000, 's'],
    [1_000, 'ms'],
  ];
  const [size, unit] = units.find(([least]) => micros >= least) ?? [1, 'µs'];
  return `${Number((micros / size).toPrecision(3)).toLocaleString('en')} ${unit}`;
}

/** When a node began, in microseconds since the epoch, clocks corrected; NaN without a time. */
export function beginOf({ span, shift }: Node): number {
  return span.timestamp === undefined ? Number.NaN : span.timestamp + shift;
}

/** When a node ended, in microseconds since the epoch, clocks corrected; NaN when unknown. */
export function endOf(node: Node): number {
  return node.span.duration === undefined ? Number.NaN : beginOf(node) + node.span.duration;
}

/** The nodes of a trace in groups. */
export function groupNodes<K>(
  nodes: Iterable<Node>,
  keyOf: (node: Node) => K,
): Map<K, [Node, ...Node[]]> {
  const groups = new Map<K, [Node, ...Node[]]>();
  for (const node of nodes) {
    const key = keyOf(node);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [node]);
    else group.push(node);
  }
  return groups;
}
