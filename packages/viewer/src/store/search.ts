import type { Connection } from './open.js';
import type { TraceQuery } from './query.js';
import {
  ANY_SPAN,
  bareWordTerms,
  nameText,
  remoteServiceTerm,
  spanNameTerm,
  tagTerm,
} from './terms.js';

/** Conditions that fewer traces than this satisfy are looked up first; see `findTraces`. */
const RARE = 2_000;

/** A condition on a trace, as SQL over its row `t`, and as a list of the traces that satisfy it. */
interface Condition {
  test: string;
  list: string;
  values: (string | number)[];
}

/**
 * The newest traces that match, by the row ids of the table `trace`. Only ids are held here; the
 * spans are read afterwards, trace by trace.
 *
 * Two ways lead to them. Walking the traces from the newest back and testing each is quick when
 * many match, since the walk ends at the limit. Where a condition is satisfied by few traces, those
 * are listed and sorted instead. Counting up to `RARE` tells the two apart.
 */
export function findTraces(db: Connection, query: TraceQuery): number[] {
  const conditions = conditionsOf(query);
  const rare = conditions.find((condition) => isRare(db, condition));
  const tests = conditions.filter((condition) => condition !== rare);
  const where = [
    't.ts BETWEEN ? AND ?',
    ...(rare === undefined ? [] : [`t.id IN (${rare.list})`]),
    ...tests.map(({ test }) => test),
  ];
  // The plus sign keeps the engine from walking by time when a rare condition leads.
  const order = rare === undefined ? 't.ts' : '+t.ts';
  const rows = db
    .prepare(
      `SELECT t.id FROM trace t WHERE ${where.join(' AND ')} ORDER BY ${order} DESC, t.id DESC LIMIT ?`,
    )
    .raw()
    .all([
      query.from,
      query.to,
      ...(rare?.values ?? []),
      ...tests.flatMap(({ values }) => values),
      query.limit,
    ]);
  return rows.map((row) => Number(Array.isArray(row) ? row[0] : row));
}

function isRare(db: Connection, { list, values }: Condition): boolean {
  const [row] = db.prepare(`SELECT count(*) FROM (${list} LIMIT ${RARE})`).raw().all(values);
  return Array.isArray(row) && Number(row[0]) < RARE;
}

function conditionsOf(query: TraceQuery): Condition[] {
  const serviceName = query.serviceName === undefined ? undefined : nameText(query.serviceName);
  const conditions: Condition[] = [];
  for (const { key, value } of query.annotations) {
    const terms = value === undefined ? bareWordTerms(key) : [tagTerm(key, value)];
    conditions.push(anyTerm(terms, serviceName));
  }
  if (query.spanName !== undefined) {
    conditions.push(anyTerm([spanNameTerm(query.spanName)], serviceName));
  }
  if (query.remoteServiceName !== undefined) {
    conditions.push(anyTerm([remoteServiceTerm(query.remoteServiceName)], serviceName));
  }
  if (query.minDuration !== undefined) {
    conditions.push(durationBetween(query.minDuration, query.maxDuration, serviceName));
  }
  // Every other condition on the service's spans implies this one.
  if (serviceName !== undefined && conditions.length === 0) {
    conditions.push(anyTerm([ANY_SPAN], serviceName));
  }
  return conditions;
}

function anyTerm(terms: readonly string[], serviceName: string | undefined): Condition {
  const service = serviceName === undefined ? '' : ' AND service = ?';
  const text = `text IN (${terms.map(() => '?').join(', ')})${service}`;
  return {
    test: `EXISTS (SELECT 1 FROM term WHERE trace = t.id AND ${text})`,
    list: `SELECT DISTINCT trace FROM term WHERE ${text}`,
    values: serviceName === undefined ? [...terms] : [...terms, serviceName],
  };
}

function durationBetween(minimum: number, maximum?: number, serviceName?: string): Condition {
  const service = serviceName === undefined ? '' : ' AND service = ?';
  const range = `duration BETWEEN ? AND ?${service}`;
  const values = [minimum, maximum ?? Number.MAX_SAFE_INTEGER];
  return {
    test: `EXISTS (SELECT 1 FROM span WHERE trace = t.id AND ${range})`,
    list: `SELECT DISTINCT trace FROM span WHERE ${range}`,
    values: serviceName === undefined ? values : [...values, serviceName],
  };
}
