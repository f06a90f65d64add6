import { useEffect } from 'preact/hooks';
import type { Diagnosis, FindingGroup } from '../../model/diagnosis/diagnose-all.js';
import { FINDING_TITLES } from '../../model/diagnosis/finding.js';
import { fetchDiagnosis, fetchServices } from '../api.js';
import { count } from '../format/count.js';
import { useLoad } from '../load.js';
import { hrefWith, navigate, place } from '../location.js';
import { Choice } from '../parts/choice.js';
import { LoadError } from '../parts/load-error.js';
import { Message } from '../parts/message.js';
import { FindingItem } from './finding-item.js';

const HOUR = 3_600_000;
const TIMES: readonly [name: string, label: string, milliseconds: number][] = [
  ['15m', 'Last 15 minutes', HOUR / 4],
  ['1h', 'Last hour', HOUR],
  ['1d', 'Last day', 24 * HOUR],
  ['all', 'All time', Number.MAX_SAFE_INTEGER],
];

/** What is wrong in all traces of a time, and of a service if one is chosen; the address says which. */
export function DiagnosisPage() {
  const params = new URLSearchParams(place.value.search);
  const serviceName = params.get('serviceName') ?? '';
  const [time, , lookback] =
    TIMES.find(([name]) => name === params.get('lookback')) ?? TIMES[2] ?? [];
  const services = useLoad('services', fetchServices);
  const { data, error, loading, reload } = useLoad<Diagnosis>(`${time} ${serviceName}`, (signal) =>
    fetchDiagnosis(serviceName, lookback ?? HOUR, signal),
  );
  useEffect(() => {
    document.title = 'Diagnosis';
  }, []);
  return (
    <div class="diagnosis-page">
      <h1>Diagnosis</h1>
      <div class="table-bar">
        <Choice
          label="Service"
          value={serviceName}
          options={[
            ['', 'All services'],
            ...(services.data ?? []).map((name) => [name, name] as const),
          ]}
          onChoose={(value) => navigate(hrefWith({ serviceName: value || undefined }))}
        />
        <Choice
          label="Time"
          value={time ?? ''}
          options={TIMES.map(([name, label]) => [name, label])}
          onChoose={(value) => navigate(hrefWith({ lookback: value }))}
        />
        <button type="button" onClick={reload}>
          Refresh
        </button>
        <p role="status" class="quiet">
          {data === undefined ? '' : `${count(data.traces, 'trace')} looked at`}
        </p>
      </div>
      {error !== undefined && <LoadError error={error} retry={reload} />}
      {data === undefined && loading && <p class="loading">Looking at the traces…</p>}
      {data?.traces === 0 && error === undefined && (
        <Message title="No traces">
          <p>No trace of this time is here. Choose a longer time, or another service.</p>
        </Message>
      )}
      {data?.groups.length === 0 && data.traces > 0 && error === undefined && (
        <Message title="Nothing is wrong">
          <p>
            No context was lost in the traces of this time, every span was finished, and the clocks
            agree.
          </p>
        </Message>
      )}
      <ul class="findings-list">
        {data?.groups.map((group) => (
          <Group key={JSON.stringify(keyOf(group))} group={group} />
        ))}
      </ul>
    </div>
  );
}

function keyOf({ kind, severity, service, name }: FindingGroup): string[] {
  return [kind, severity, service, name];
}

function Group({ group }: { group: FindingGroup }) {
  const [newest, ...others] = group.findings;
  if (newest === undefined) return null;
  return (
    <>
      <FindingItem finding={newest} />
      {group.traces > 1 && (
        <li class="finding-more finding-aside">
          {FINDING_TITLES[group.kind]} of the same operation in {count(group.traces, 'trace')}
          {others.map(({ places: [first] }, index) =>
            first === undefined ? null : (
              <a
                key={index}
                href={`/traces/${first.traceId}?${new URLSearchParams({ span: first.key })}`}
              >
                {first.traceId.slice(0, 8)}
              </a>
            ),
          )}
        </li>
      )}
    </>
  );
}
