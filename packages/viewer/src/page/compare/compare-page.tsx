import { useEffect, useMemo } from 'preact/hooks';
import { compareTraces, onlyDifferent } from '../../model/compare.js';
import { labelOf, serviceOf } from '../../model/label.js';
import { buildTrace, type Trace } from '../../model/tree.js';
import { fetchTrace } from '../api.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { useLoad } from '../load.js';
import { hrefWith, navigate, place } from '../location.js';
import { ErrorBadge } from '../parts/error-badge.js';
import { LoadError } from '../parts/load-error.js';
import { Exact } from '../parts/time.js';
import { DifferenceTable } from './difference-table.js';

/** Two traces side by side: what the second has more, less, or otherwise than the first. */
export function ComparePage({ ids: [before, after] }: { ids: readonly [string, string] }) {
  const { data, error, reload } = useLoad(`${before} ${after}`, (signal) =>
    Promise.all([fetchTrace(before, signal), fetchTrace(after, signal)]),
  );
  const traces = useMemo(() => data?.map((spans) => buildTrace(spans)), [data]);
  useEffect(() => {
    document.title = 'Two traces compared';
  }, []);
  const [first, second] = traces ?? [];
  return (
    <div class="compare-page">
      <h1>Two traces compared</h1>
      {error !== undefined && <LoadError error={error} retry={reload} />}
      {traces === undefined && error === undefined && <p class="loading">Loading the traces…</p>}
      {first !== undefined && second !== undefined && <Comparison before={first} after={second} />}
    </div>
  );
}

function Comparison({ before, after }: { before: Trace; after: Trace }) {
  const all = useMemo(() => compareTraces(before, after), [before, after]);
  const isOnlyDifferent = new URLSearchParams(place.value.search).has('different');
  const rows = useMemo(() => (isOnlyDifferent ? onlyDifferent(all) : all), [all, isOnlyDifferent]);
  const differing = all.filter(({ kind }) => kind !== 'same').length;
  const common = all.filter((row) => row.before !== undefined && row.after !== undefined).length;
  return (
    <>
      <div class="compare-sides">
        <Side label="A" trace={before} />
        <Side label="B" trace={after} other={before} />
      </div>
      <div class="results-bar">
        <p role="status">
          {differing === 0 ? 'No differences' : `${count(differing, 'difference')} from A to B`}
        </p>
        <label class="toggle">
          <input
            type="checkbox"
            checked={isOnlyDifferent}
            onChange={({ currentTarget }) =>
              navigate(hrefWith({ different: currentTarget.checked ? '' : undefined }), 'replace')
            }
          />
          Only what differs
        </label>
        <button
          type="button"
          onClick={() => navigate(`/compare/${after.id}/${before.id}${place.value.search}`)}
        >
          Swap
        </button>
      </div>
      {common === 0 && (
        <p class="hint">
          The traces begin with different operations, so that they have nothing in common.
        </p>
      )}
      {rows.length > 0 && <DifferenceTable rows={rows} ids={[before.id, after.id]} />}
      <p class="hint">
        Spans are compared by their way through services and operations. Durations are those of all
        spans of a way together; a difference of less than a tenth counts as none.
      </p>
    </>
  );
}

/** What a trace is, with a link to it. */
function Side({ label, trace, other }: { label: string; trace: Trace; other?: Trace }) {
  const root = trace.roots[0]?.span;
  return (
    <section class="compare-side" aria-label={`Trace ${label}`}>
      <h2>
        <span class="side-letter">{label}</span>
        <a href={`/traces/${trace.id}`}>
          {root === undefined ? trace.id : `${serviceOf(root)} ${labelOf(root)}`}
        </a>
        {trace.errors > 0 && <ErrorBadge errors={trace.errors} />}
      </h2>
      <dl class="figures">
        <div>
          <dt>Duration</dt>
          <dd>
            {formatDuration(trace.duration)}
            {other !== undefined && ` (${signed(trace.duration - other.duration)})`}
          </dd>
        </div>
        <div>
          <dt>Spans</dt>
          <dd>{trace.nodes.length.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>
            {trace.timestamp === undefined ? 'unknown' : <Exact timestamp={trace.timestamp} />}
          </dd>
        </div>
      </dl>
    </section>
  );
}

/** A difference in microseconds with its sign: `+12 ms`, `−3 µs`, `±0`. */
function signed(microseconds: number): string {
  if (microseconds === 0) return '±0';
  return `${microseconds > 0 ? '+' : ''}${formatDuration(microseconds)}`;
}
