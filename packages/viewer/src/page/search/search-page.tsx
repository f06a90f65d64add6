import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Span } from '../../model/span.js';
import { lineOf, newestFirst, type TraceLine } from '../../model/trace-line.js';
import { fetchServices, fetchTraces } from '../api.js';
import { Download } from '../files/download.js';
import { ImportButton } from '../files/import-button.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { useLoad } from '../load.js';
import { hrefWith, navigate, place } from '../location.js';
import { LoadError } from '../parts/load-error.js';
import { Tabs } from '../parts/tabs.js';
import { NoMatch, NoTraces } from './empty.js';
import { Operations } from './operations.js';
import { checkQuery, isFiltered, type Query, readQuery, traceIdOf, writeQuery } from './query.js';
import { Scatter } from './scatter.js';
import { type Area, readBetween } from './scatter-scale.js';
import { SearchForm } from './search-form.js';
import { termsOf } from './suggest.js';
import { TraceList } from './trace-list.js';

const refreshInterval = 3_000;

/** The ways to look at the traces found. */
const views = ['list', 'scatter', 'operations'] as const;
type View = (typeof views)[number];

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
  const params = new URLSearchParams(search);
  const view = viewOf(params.get('view'));
  const between = params.get('between');
  const found = useMemo(() => traces.data && within(between, traces.data), [traces.data, between]);
  const summaries = found?.summaries;
  const terms = useMemo(() => termsOf(traces.data ?? []), [traces.data]);
  const refresh = () => {
    services.reload();
    traces.reload();
  };
  const [isOn, setOn] = useAutoRefresh(refresh);
  useEffect(() => {
    document.title = query.serviceName === '' ? 'Traces' : `${query.serviceName} \u2013 Traces`;
  }, [query.serviceName]);
  const go = (next: Query) => {
    const traceId = traceIdOf(next);
    if (traceId !== undefined) {
      navigate(`/traces/${traceId}`);
      return;
    }
    // The same search again means: what is there now?
    if (writeQuery(next) === writeQuery(query)) refresh();
    else navigate(addressOf(next, view));
  };
  const narrow = ({ from, to, shortest, longest }: Area) => {
    const bounds = { from: String(Math.floor(from)), to: String(Math.ceil(to)) };
    const durations = `${Math.floor(shortest)}-${Math.ceil(longest)}`;
    navigate(addressOf({ ...query, lookback: 'custom', ...bounds }, view, durations));
  };
  return (
    <div class="search-page">
      <h1 class="unseen">Search for traces</h1>
      <SearchForm
        query={query}
        problems={problems}
        services={services.data ?? []}
        terms={terms}
        onSearch={go}
      />
      <div class="results-bar">
        <p role="status">
          {resultText(isValid, summaries?.length, traces.data?.length, query.limit)}
        </p>
        {readBetween(between) !== undefined && (
          <button type="button" onClick={() => navigate(hrefWith({ between: undefined }))}>
            {readBetween(between)?.map(formatDuration).join(' to ')}
            <span aria-hidden="true"> ×</span>
            <span class="unseen"> of any duration</span>
          </button>
        )}
        <Tabs
          label="Views"
          tabs={views.map((name) => ({
            label: `${name.charAt(0).toUpperCase()}${name.slice(1)}`,
            href: hrefWith({ view: name === 'list' ? undefined : name, sort: undefined }),
            isCurrent: name === view,
          }))}
        />
        <label class="toggle" title="Look for new traces every 3 seconds">
          <input
            type="checkbox"
            checked={isOn}
            onChange={(event) => setOn(event.currentTarget.checked)}
          />
          Auto-refresh
        </label>
        <button type="button" onClick={refresh} disabled={!isValid}>
          Refresh
        </button>
        {found !== undefined && found.traces.length > 0 && (
          <Download name="traces" traces={() => found.traces} />
        )}
        <ImportButton />
      </div>
      {traces.error !== undefined && <LoadError error={traces.error} retry={refresh} />}
      {summaries === undefined && traces.loading && <p class="loading">Loading traces…</p>}
      {found !== undefined && found.summaries.length > 0 && (
        <>
          {view === 'list' && <TraceList traces={found.summaries} />}
          {view === 'scatter' && <Scatter traces={found.summaries} onNarrow={narrow} />}
          {view === 'operations' && <Operations traces={found.traces} query={query} />}
        </>
      )}
      {summaries?.length === 0 &&
        traces.error === undefined &&
        (isFiltered(query) || between !== null ? <NoMatch /> : <NoTraces />)}
    </div>
  );
}

function viewOf(name: string | null): View {
  return views.find((view) => view === name) ?? 'list';
}

function addressOf(query: Query, view: View, between?: string): string {
  const params = new URLSearchParams(writeQuery(query));
  if (view !== 'list') params.set('view', view);
  if (between !== undefined) params.set('between', between);
  const text = params.toString();
  return text === '' ? '/' : `/?${text}`;
}

/** The traces that take as long as the address says, newest first. */
function within(
  between: string | null,
  traces: readonly Span[][],
): { traces: readonly Span[][]; summaries: TraceLine[] } {
  const [shortest, longest] = readBetween(between) ?? [0, Number.POSITIVE_INFINITY];
  const chosen = traces
    .filter((spans) => spans.length > 0)
    .map((spans) => ({ spans, summary: lineOf(spans) }))
    .filter(({ summary: { duration } }) => duration >= shortest && duration <= longest);
  return {
    traces: chosen.map(({ spans }) => spans),
    summaries: newestFirst(chosen.map(({ summary }) => summary)),
  };
}

function resultText(
  isValid: boolean,
  found: number | undefined,
  answered: number | undefined,
  limit: number,
): string {
  if (!isValid) return 'This search cannot be made: see above.';
  if (found === undefined) return '';
  if (found >= limit && found === answered) return `The newest ${count(found, 'trace')}`;
  return count(found, 'trace');
}

/** Calls `refresh` every few seconds while switched on and while the page is looked at. */
function useAutoRefresh(refresh: () => void): [boolean, (isOn: boolean) => void] {
  const [isOn, setOn] = useState(false);
  useEffect(() => {
    if (!isOn) return;
    refresh();
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, refreshInterval);
    return () => clearInterval(timer);
  }, [isOn]);
  return [isOn, setOn];
}
