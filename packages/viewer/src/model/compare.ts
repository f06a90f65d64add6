import { buildFlame, type Frame } from './flame.js';
import type { Trace } from './tree.js';

/** What one trace has on a way through services and operations. Times are in microseconds. */
export interface Side {
  count: number;
  /** The durations of the spans together. */
  total: number;
  errors: number;
  /** The key of the first span. */
  key: string;
}

/** One way through services and operations, in one of two traces or in both. */
export interface Difference {
  service: string;
  operation: string;
  /** 0 for a root. */
  depth: number;
  before: Side | undefined;
  after: Side | undefined;
  /**
   * `changed`: in both, but another number of spans or errors, or another duration by more than a tenth
   * and more than 0.1 % of the longer trace.
   */
  kind: 'added' | 'removed' | 'changed' | 'same';
  parent: Difference | undefined;
}

/**
 * Compares two traces by their ways through services and operations (the span's own name, without what
 * is read from tags): parents before children, in the order of the first trace, what only the second
 * has after it.
 */
export function compareTraces(before: Trace, after: Trace): Difference[] {
  const operationOf = ({ name }: { name?: string }) => name ?? '(no name)';
  const least = Math.max(before.duration, after.duration) / 1_000;
  const rows: Difference[] = [];
  const waiting: { pair: Pair; parent: Difference | undefined }[] = [];
  const push = (pairs: Pair[], parent: Difference | undefined) => {
    for (const pair of pairs.reverse()) waiting.push({ pair, parent });
  };
  push(
    pairsOf(buildFlame(before, operationOf).roots, buildFlame(after, operationOf).roots),
    undefined,
  );
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { pair, parent } = next;
    const { service, operation, depth } = (pair.before ?? pair.after) as Frame;
    const sides = { before: sideOf(pair.before), after: sideOf(pair.after) };
    const row: Difference = {
      service,
      operation,
      depth,
      ...sides,
      kind: kindOf(sides, least),
      parent,
    };
    rows.push(row);
    push(pairsOf(pair.before?.children ?? [], pair.after?.children ?? []), row);
  }
  return rows;
}

/** The rows that differ, with those that they hang under. */
export function onlyDifferent(rows: readonly Difference[]): Difference[] {
  const kept = new Set<Difference>();
  for (const row of rows) {
    if (row.kind === 'same') continue;
    for (let at: Difference | undefined = row; at !== undefined && !kept.has(at); at = at.parent) {
      kept.add(at);
    }
  }
  return rows.filter((row) => kept.has(row));
}

interface Pair {
  before: Frame | undefined;
  after: Frame | undefined;
}

function pairsOf(before: readonly Frame[], after: readonly Frame[]): Pair[] {
  const nameOf = ({ service, operation }: Frame) => JSON.stringify([service, operation]);
  const left = new Map(after.map((frame) => [nameOf(frame), frame]));
  const pairs = before.map((frame): Pair => {
    const name = nameOf(frame);
    const other = left.get(name);
    left.delete(name);
    return { before: frame, after: other };
  });
  return [...pairs, ...[...left.values()].map((frame) => ({ before: undefined, after: frame }))];
}

function sideOf(frame: Frame | undefined): Side | undefined {
  if (frame === undefined) return undefined;
  const { nodes, total, errors, key } = frame;
  return { count: nodes.length, total, errors, key };
}

function kindOf(
  { before, after }: Pick<Difference, 'before' | 'after'>,
  least: number,
): Difference['kind'] {
  if (before === undefined) return 'added';
  if (after === undefined) return 'removed';
  const distance = Math.abs(after.total - before.total);
  const isSlower = distance > least && distance > 0.1 * Math.min(before.total, after.total);
  const isOther = before.count !== after.count || before.errors !== after.errors;
  return isOther || isSlower ? 'changed' : 'same';
}
