import type Database from 'libsql';
import { isError, type Span } from '../model/span.js';
import type { Connection } from './open.js';
import { ARRIVAL_STEP } from './schema.js';
import { nameText, termsOf } from './terms.js';

type Statement = Database.Statement;
type Row = (string | number | null)[];

/** What a batch says about the time of one trace. */
interface TraceTime {
  ts: number | null;
  rooted: 0 | 1;
}

/** How many spans one statement takes; more of them make it no quicker. */
const SPANS_AT_ONCE = 25;

/**
 * Writes batches of spans. Each table takes many rows in one statement, since calling into the engine once
 * a row costs most: as one JSON array, or where rows are long as so many parameters.
 */
export class SpanWriter {
  /** @internal */
  readonly _db: Connection;
  /** @internal */
  readonly _traces: Statement;
  /** @internal */
  readonly _ids: Statement;
  /** @internal */
  readonly _refresh: Statement;
  /** @internal */
  readonly _spans: Statement;
  /** @internal */
  readonly _span: Statement;
  /** @internal */
  readonly _terms: Statement;
  /** @internal */
  readonly _names: Statement;

  constructor(db: Connection) {
    this._db = db;
    // A root's start wins over any other; between equals the earlier one does.
    this._traces = db.prepare(`
      INSERT INTO trace (trace_id, ts, rooted, arrived)
      SELECT value ->> 0, value ->> 1, value ->> 2, ?2 FROM json_each(?1) WHERE true
      ON CONFLICT (trace_id) DO UPDATE SET
        ts = CASE
          WHEN excluded.rooted > rooted THEN excluded.ts
          WHEN excluded.rooted < rooted THEN ts
          ELSE min(ifnull(ts, excluded.ts), ifnull(excluded.ts, ts))
        END,
        rooted = max(rooted, excluded.rooted)`);
    this._ids = db
      .prepare(
        'SELECT trace_id, id, arrived FROM trace WHERE trace_id IN (SELECT value FROM json_each(?))',
      )
      .raw();
    this._refresh = db.prepare(
      'UPDATE trace SET arrived = ? WHERE trace_id IN (SELECT value FROM json_each(?)) AND arrived < ?',
    );
    this._spans = db.prepare(insertSpans(SPANS_AT_ONCE));
    this._span = db.prepare(insertSpans(1));
    // A row of the inner list is a text alone: to take apart a list a row costs more than to insert it.
    this._terms = db.prepare(`
      WITH groups AS MATERIALIZED (
        SELECT value ->> 0 AS trace, value ->> 1 AS service, value ->> 2 AS texts FROM json_each(?)
      )
      INSERT OR IGNORE INTO term (text, trace, service)
      SELECT value, trace, service FROM groups, json_each(texts)`);
    this._names = db.prepare(`
      INSERT INTO name (service, kind, name, seen)
      SELECT value ->> 0, value ->> 1, value ->> 2, ?2 FROM json_each(?1) WHERE true
      ON CONFLICT (kind, service, name) DO UPDATE SET seen = excluded.seen
        WHERE excluded.seen > seen + ${ARRIVAL_STEP}`);
  }

  /**
   * Commits the spans in one transaction.
   * @param now when they arrived, in milliseconds since the epoch
   * @returns how many traces had no span before
   */
  write(spans: readonly Span[], now: number): number {
    if (spans.length === 0) return 0;
    this._db.exec('BEGIN IMMEDIATE');
    try {
      const added = this._insert(spans, now);
      this._db.exec('COMMIT');
      return added;
    } catch (error) {
      // The engine may have rolled back by itself, as it does when the disk is full.
      if (this._db.inTransaction) this._db.exec('ROLLBACK');
      throw error;
    }
  }

  /** @internal */
  _insert(spans: readonly Span[], now: number): number {
    const times = timesOf(spans);
    const traceIds = JSON.stringify([...times.keys()]);
    const known = this._ids.all(traceIds);
    this._traces.run(
      rows([...times].map(([traceId, { ts, rooted }]) => [traceId, ts, rooted])),
      now,
    );
    const stale = now - ARRIVAL_STEP;
    if (known.some((row) => Array.isArray(row) && Number(row[2]) < stale)) {
      this._refresh.run(now, traceIds, stale);
    }
    const ids = new Map<string, number>();
    for (const row of this._ids.all(traceIds)) {
      if (Array.isArray(row)) ids.set(String(row[0]), Number(row[1]));
    }

    const spanRows: Row[] = [];
    const terms = new Terms();
    const names = new Map<string, Row[]>();
    for (const span of spans) {
      const trace = ids.get(span.traceId) ?? 0;
      const service = nameText(span.localEndpoint?.serviceName ?? '');
      const error = isError(span) ? 1 : 0;
      spanRows.push([trace, service, span.duration ?? null, error, JSON.stringify(span)]);
      terms.add(trace, service, termsOf(span));
      const called = [service, span.name, span.remoteEndpoint?.serviceName].join('\u0000');
      if (!names.has(called)) names.set(called, namesOf(span, service));
    }
    this._insertSpans(spanRows);
    this._terms.run(terms.json());
    this._names.run(rows([...names.values()].flat()), now);
    return times.size - known.length;
  }

  /** @internal */
  _insertSpans(spanRows: readonly Row[]): void {
    const whole = spanRows.length - (spanRows.length % SPANS_AT_ONCE);
    for (let i = 0; i < whole; i += SPANS_AT_ONCE) {
      this._spans.run(spanRows.slice(i, i + SPANS_AT_ONCE).flat());
    }
    for (const row of spanRows.slice(whole)) this._span.run(row);
  }
}

/** The terms of a batch, each once a trace and service. */
class Terms {
  /** @internal By trace, then service. */
  readonly _texts = new Map<number, Map<string, Set<string>>>();

  add(trace: number, service: string, texts: readonly string[]): void {
    const services = this._texts.get(trace) ?? new Map<string, Set<string>>();
    this._texts.set(trace, services);
    const known = services.get(service) ?? new Set();
    services.set(service, known);
    for (const text of texts) known.add(text);
  }

  /** A list of `[trace, service, texts]`. */
  json(): string {
    const groups = [...this._texts].flatMap(([trace, services]) =>
      [...services].map(([service, texts]) => [trace, service, [...texts]]),
    );
    return JSON.stringify(groups);
  }
}

function insertSpans(count: number): string {
  const values = Array<string>(count).fill('(?, ?, ?, ?, ?)').join(', ');
  return `INSERT INTO span (trace, service, duration, error, body) VALUES ${values}`;
}

function timesOf(spans: readonly Span[]): Map<string, TraceTime> {
  const times = new Map<string, TraceTime>();
  for (const { traceId, parentId, timestamp } of spans) {
    const time = times.get(traceId) ?? { ts: null, rooted: 0 };
    times.set(traceId, time);
    if (timestamp === undefined) continue;
    const rooted = parentId === undefined ? 1 : 0;
    if (rooted > time.rooted || (rooted === time.rooted && timestamp < (time.ts ?? Infinity))) {
      time.ts = timestamp;
      time.rooted = rooted;
    }
  }
  return times;
}

function namesOf(span: Span, service: string): Row[] {
  if (service === '') return [];
  const names: Row[] = [[service, 'service', '']];
  if (span.name !== undefined) names.push([service, 'span', nameText(span.name)]);
  const remote = span.remoteEndpoint?.serviceName;
  if (remote !== undefined) names.push([service, 'remote', nameText(remote)]);
  return names;
}

function rows(all: readonly Row[]): string {
  return JSON.stringify(all);
}
