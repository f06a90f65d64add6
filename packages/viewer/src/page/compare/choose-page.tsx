import { useEffect, useMemo, useState } from 'preact/hooks';
import { labelOf } from '../../model/label.js';
import { lineOf, newestFirst } from '../../model/trace-line.js';
import { buildTrace } from '../../model/tree.js';
import { fetchTrace, fetchTraces } from '../api.js';
import { formatDuration } from '../format/duration.js';
import { useLoad } from '../load.js';
import { navigate } from '../location.js';
import { LoadError } from '../parts/load-error.js';
import { Exact } from '../parts/time.js';
import { everything } from '../search/query.js';

/** Chooses what a trace is compared with: by an id, or among the traces that begin with the same operation. */
export function ChoosePage({ id }: { id: string }) {
  const [other, setOther] = useState('');
  const { data, error, reload } = useLoad(id, async (signal) => {
    const root = buildTrace(await fetchTrace(id, signal)).roots[0]?.span;
    const serviceName = root?.localEndpoint?.serviceName ?? '';
    const spanName = root?.name ?? '';
    const query = { ...everything, serviceName, spanName, limit: 50 };
    return { root, traces: await fetchTraces(query, signal) };
  });
  const others = useMemo(
    () =>
      newestFirst((data?.traces ?? []).map(lineOf)).filter(
        (each) => each.id !== id && data?.root !== undefined && each.name === labelOf(data.root),
      ),
    [data, id],
  );
  useEffect(() => {
    document.title = 'Compare a trace';
  }, []);
  return (
    <div class="compare-page">
      <h1>Compare a trace</h1>
      <p>
        Trace <a href={`/traces/${id}`}>{data?.root === undefined ? id : labelOf(data.root)}</a>{' '}
        with
      </p>
      <form
        class="compare-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (other.trim() !== '') navigate(`/compare/${id}/${encodeURIComponent(other.trim())}`);
        }}
      >
        <input
          aria-label="Id of the other trace"
          placeholder="Id of the other trace"
          value={other}
          onInput={(event) => setOther(event.currentTarget.value)}
        />
        <button type="submit" class="primary">
          Compare
        </button>
      </form>
      {error !== undefined && <LoadError error={error} retry={reload} />}
      {data !== undefined && (
        <>
          <h2>
            {others.length === 0
              ? 'No other trace begins with the same operation'
              : 'Traces that begin with the same operation'}
          </h2>
          <ol class="compare-others">
            {others.map((trace) => (
              <li key={trace.id}>
                <a href={`/compare/${id}/${trace.id}`}>
                  {trace.timestamp === undefined ? trace.id : <Exact timestamp={trace.timestamp} />}
                </a>
                <span>{formatDuration(trace.duration)}</span>
                <span class="quiet">
                  {trace.spans} spans{trace.errors > 0 && `, ${trace.errors} with errors`}
                </span>
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  );
}
