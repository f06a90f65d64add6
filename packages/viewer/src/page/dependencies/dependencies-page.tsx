import { useEffect, useMemo } from 'preact/hooks';
import { fetchCallGraph } from '../api.js';
import { count } from '../format/count.js';
import { useLoad } from '../load.js';
import { hrefWith, navigate, place } from '../location.js';
import { Choice } from '../parts/choice.js';
import { LoadError } from '../parts/load-error.js';
import { Message } from '../parts/message.js';
import { ranges } from '../search/query.js';
import { LinkTable } from './link-table.js';
import { secondsOf } from './rates.js';
import { ServiceGraph } from './service-graph.js';

/**
 * Which service calls which, as a graph and as a table. The address says of what time, and around which
 * service if not of all.
 */
export function DependenciesPage() {
  const params = new URLSearchParams(place.value.search);
  const asked = params.get('lookback') ?? '';
  const lookback = ranges.has(asked) ? asked : 'all';
  const around = params.get('service') ?? '';
  const range = ranges.get(lookback)?.milliseconds ?? Number.POSITIVE_INFINITY;
  const { data, error, loading, reload } = useLoad(lookback, (signal) =>
    fetchCallGraph(range, signal),
  );
  const services = useMemo(
    () => [...new Set(data?.links.flatMap(({ parent, child }) => [parent, child]))].sort(),
    [data],
  );
  const links = useMemo(
    () =>
      data?.links.filter(
        ({ parent, child }) => around === '' || parent === around || child === around,
      ),
    [data, around],
  );
  useEffect(() => {
    document.title = 'Dependencies';
  }, []);
  return (
    <div class="dependencies-page">
      <h1>Dependencies</h1>
      <div class="table-bar">
        <Choice
          label="Time"
          value={lookback}
          options={[...ranges].map(([value, { label }]) => [value, label])}
          onChoose={(value) =>
            navigate(hrefWith({ lookback: value === 'all' ? undefined : value }))
          }
        />
        <Choice
          label="Services"
          value={around}
          options={[
            ['', 'All services'],
            ...services.map((name) => [name, `Around ${name}`] as const),
          ]}
          onChoose={(value) => navigate(hrefWith({ service: value || undefined }))}
        />
        <button type="button" onClick={reload}>
          Refresh
        </button>
        {data !== undefined && (
          <p role="status" class="quiet">
            {count(services.length, 'service')}, {count(data.traces, 'trace')}
          </p>
        )}
      </div>
      {error !== undefined && <LoadError error={error} retry={reload} />}
      {data === undefined && loading && <p class="loading">Loading the calls…</p>}
      {links?.length === 0 && error === undefined && <NoCalls isBounded={lookback !== 'all'} />}
      {data !== undefined && links !== undefined && links.length > 0 && (
        <>
          <ServiceGraph links={links} seconds={secondsOf(data, range)} />
          <LinkTable links={links} seconds={secondsOf(data, range)} />
        </>
      )}
    </div>
  );
}

function NoCalls({ isBounded }: { isBounded: boolean }) {
  return (
    <Message title="No service calls another">
      <p>
        {isBounded
          ? 'Not in this time: choose a longer one.'
          : 'Calls are told from client and server spans of different services.'}
      </p>
    </Message>
  );
}
