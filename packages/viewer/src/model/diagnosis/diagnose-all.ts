import type { Span } from '../span.js';
import { buildTrace, type Trace } from '../tree.js';
import { diagnose } from './diagnose.js';
import {
  bySeverity,
  type Finding,
  type FindingKind,
  type Place,
  withFewPlaces,
} from './finding.js';
import { lostBetween } from './lost-between.js';
import { lostInside } from './lost-inside.js';
import { lostMessages } from './lost-messages.js';
import { splitTraces } from './split-traces.js';

/** Findings of one kind about one operation of one service, counted. */
export interface FindingGroup {
  kind: FindingKind;
  severity: Finding['severity'];
  service: string;
  name: string;
  /** In how many traces. */
  traces: number;
  /** The newest of them, at most `MOST_FINDINGS`. */
  findings: Finding[];
}

/** What was found, and in how many traces. */
export interface Diagnosis {
  /** How many traces were looked at. */
  traces: number;
  groups: FindingGroup[];
}

const MOST_FINDINGS = 5;

/** What only several traces together say: context that was lost, so that one trace became two. */
export function diagnoseAcross(traces: readonly Trace[]): Finding[] {
  return bySeverity([
    ...lostBetween(traces),
    ...splitTraces(traces),
    ...lostMessages(traces),
    ...lostInside(traces),
  ]);
}

/** What several traces say, and what each says by itself but for missing parents that the others have. */
export function joinFindings(across: readonly Finding[], own: readonly Finding[]): Finding[] {
  const found = new Set(
    across
      .filter(({ kind }) => kind === 'lost-between')
      .flatMap(({ places }) => places.map(placeKey)),
  );
  const others = own.filter(
    ({ kind, places: [first] }) => kind !== 'orphan' || !first || !found.has(placeKey(first)),
  );
  return [...across, ...others];
}

/** How many warnings there are about each of the traces, alone and all together, by the id of the trace. */
export function countWarnings(traces: readonly Trace[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { severity, places } of findAll(traces)) {
    if (severity !== 'warning') continue;
    for (const id of new Set(places.map(({ traceId }) => traceId))) {
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

function findAll(traces: readonly Trace[]): Finding[] {
  const own = traces.flatMap((trace) => diagnose(trace));
  return joinFindings(diagnoseAcross(traces), own);
}

function placeKey({ traceId, key }: Place): string {
  return `${traceId} ${key}`;
}

/**
 * All findings about the traces, each alone and all together, by operation.
 * @param spans the merged spans of each trace, the newest first
 */
export function diagnoseAll(spans: Iterable<readonly Span[]>): Diagnosis {
  const traces = [...spans].map(buildTrace);
  const findings = findAll(traces);
  const groups = new Map<string, FindingGroup & { ids: Set<string> }>();
  for (const finding of findings) {
    const { kind, severity, places } = finding;
    const { service = '', name = '', traceId = '' } = places[0] ?? {};
    const key = JSON.stringify([kind, severity, service, name]);
    const group = groups.get(key) ?? {
      ...{ kind, severity, service, name, traces: 0, findings: [] },
      ids: new Set(),
    };
    groups.set(key, group);
    if (group.findings.length < MOST_FINDINGS) group.findings.push(withFewPlaces(finding));
    group.ids.add(traceId);
  }
  return {
    traces: traces.length,
    groups: bySeverity(
      [...groups.values()]
        .map(({ ids, ...group }) => ({ ...group, traces: ids.size }))
        .sort((a, b) => b.traces - a.traces),
    ),
  };
}
