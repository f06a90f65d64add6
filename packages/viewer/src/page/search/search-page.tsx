import { useEffect, useMemo, useState } from 'preact/hooks';
import { fetchServices, fetchTraces } from '../api.js';
import { count } from '../format/count.js';
import { useLoad } from '../load.js';
import { navigate, place } from '../location.js';
import { newestFirst, summarise } from '../model/summary.js';
import { LoadError } from '../parts/load-error.js';
import { NoMatch, NoTraces } from './empty.js';
import { checkQuery, isFiltered, type Query, readQuery, writeQuery } from './query.js';
import { SearchForm } from './search-form.js';
import { TraceList } from './trace-list.js';

const liveInterval = 3_000;

/** The search and the traces that it finds. The search is what the page's address says. */
export function SearchPage() {
  const { search } = place.value;
  const query = useMemo(() => readQuery(search), [search]);
  const problems = checkQuery(query);
  const isValid = Object.keys(problems).length === 0;
  const services = useLoad('services', fetchServices);
  const traces = useLoad(isValid ? writeQuery(query) : undefined, (signal) =>
    fetchTraces(query, signal),
  );
  const summaries = useMemo(
    () =>
      traces.data && newestFirst(traces.data.filter((spans) => spans.length > 0).map(summarise)),
    [traces.data],
  );
  const refresh = () => {
    services.reload();
    traces.reload();
  };
  const [isLive, setLive] = useLive(refresh);
  useEffect(() => {
    document.title = query.serviceName === '' ? 'Traces' : `${query.serviceName} \u2013 Traces`;
  }, [query.serviceName]);
  const go = (next: Query) => {
    const address = `/${writeQuery(next)}`;
    // The same search again means: what is there now?
    if (address === `/${writeQuery(query)}`) refresh();
    else navigate(address);
  };
  return (
    <div class="search-page">
      <h1 class="unseen">Search for traces</h1>
      <SearchForm query={query} problems={problems} services={services.data ?? []} onSearch={go} />
      <div class="results-bar">
        <p role="status">{resultText(isValid, summaries?.length, query.limit)}</p>
        <label class="toggle" title="Look for new traces every 3 seconds">
          <input
            type="checkbox"
            checked={isLive}
            onChange={(event) => setLive(event.currentTarget.checked)}
          />
          Live
        </label>
        <button type="button" onClick={refresh} disabled={!isValid}>
          Refresh
        </button>
      </div>
      {traces.error !== undefined && <LoadError error={traces.error} retry={refresh} />}
      {summaries === undefined && traces.loading && <p class="loading">Loading traces…</p>}
      {summaries !== undefined && summaries.length > 0 && <TraceList traces={summaries} />}
      {summaries?.length === 0 &&
        traces.error === undefined &&
        (isFiltered(query) ? <NoMatch /> : <NoTraces />)}
    </div>
  );
}

function resultText(isValid: boolean, found: number | undefined, limit: number): string {
  if (!isValid) return 'This search cannot be made: see above.';
  if (found === undefined) return '';
  if (found >= limit) return `The newest ${count(found, 'trace')}`;
  return count(found, 'trace');
}

/** Calls `refresh` every few seconds while switched on and while the page is looked at. */
function useLive(refresh: () => void): [boolean, (isLive: boolean) => void] {
  const [isLive, setLive] = useState(false);
  useEffect(() => {
    if (!isLive) return;
    refresh();
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, liveInterval);
    return () => clearInterval(timer);
  }, [isLive]);
  return [isLive, setLive];
}
