import { useEffect, useState } from 'preact/hooks';
import { fetchOperations } from '../api.js';
import { useLoad } from '../load.js';
import { Choice } from '../parts/choice.js';
import { TextField } from '../parts/text-field.js';
import { fromLocal, toLocal } from './local-time.js';
import { everything, limits, type Problems, type Query, ranges, writeQuery } from './query.js';
import { suggest } from './suggest.js';

interface Props {
  query: Query;
  problems: Problems;
  services: string[];
  /** Terms that the traces found have, for suggestions. */
  terms: readonly string[];
  onSearch(query: Query): void;
}

/** The form of the search. Choices take effect at once, texts with Enter or the button. */
export function SearchForm({ query, problems, services, terms, onSearch }: Props) {
  const [draft, setDraft] = useState(query);
  useEffect(() => setDraft(query), [query]);
  const { serviceName } = draft;
  const operations = useLoad(serviceName || undefined, (signal) =>
    fetchOperations(serviceName, signal),
  );
  const write = (change: Partial<Query>) => setDraft({ ...draft, ...change });
  const choose = (change: Partial<Query>) => {
    write(change);
    onSearch({ ...draft, ...change });
  };
  return (
    <search aria-label="Traces">
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          onSearch(draft);
        }}
      >
        <TextField
          label="Words and tags"
          class="search-tags"
          value={draft.annotationQuery}
          placeholder='error http.status_code=500 name="get /" minDuration=10ms'
          problem={problems.annotationQuery}
          suggestions={suggest(draft.annotationQuery, {
            services,
            operations: operations.data ?? [],
            terms,
          })}
          onWrite={(annotationQuery) => write({ annotationQuery })}
        />
        <div class="search-buttons">
          <button type="submit" class="primary">
            Search
          </button>
          {writeQuery(draft) !== '' && (
            <button type="button" onClick={() => choose(everything)}>
              Clear
            </button>
          )}
        </div>
        <Choice
          label="Service"
          value={draft.serviceName}
          options={withAny('All services', services)}
          onChoose={(name) => choose({ serviceName: name, spanName: '' })}
        />
        <Choice
          label="Operation"
          value={draft.spanName}
          options={withAny('All operations', operations.data ?? [])}
          disabled={serviceName === '' && draft.spanName === ''}
          onChoose={(spanName) => choose({ spanName })}
        />
        {query.remoteServiceName !== '' && (
          <TextField
            label="Calls"
            value={draft.remoteServiceName}
            placeholder="any service"
            onWrite={(remoteServiceName) => write({ remoteServiceName })}
          />
        )}
        <TextField
          label="Shortest span"
          value={draft.minDuration}
          placeholder="10ms"
          problem={problems.minDuration}
          onWrite={(minDuration) => write({ minDuration })}
        />
        <TextField
          label="Longest span"
          value={draft.maxDuration}
          placeholder="1.5s"
          problem={problems.maxDuration}
          onWrite={(maxDuration) => write({ maxDuration })}
        />
        <Choice
          label="Time"
          value={draft.lookback}
          options={[
            ...[...ranges].map(([value, { label }]) => [value, label] as const),
            ['custom', 'From and to'],
          ]}
          onChoose={(lookback) => choose({ lookback, ...boundsFor(lookback) })}
        />
        <Choice
          label="At most"
          value={String(draft.limit)}
          options={limitOptions(draft.limit)}
          onChoose={(limit) => choose({ limit: Number(limit) })}
        />
        {draft.lookback === 'custom' && (
          <>
            <TextField
              label="From"
              class="search-moment"
              type="datetime-local"
              value={toLocal(draft.from)}
              onWrite={(from) => write({ from: fromLocal(from) })}
            />
            <TextField
              label="To"
              class="search-moment"
              type="datetime-local"
              value={toLocal(draft.to)}
              problem={problems.to}
              onWrite={(to) => write({ to: fromLocal(to) })}
            />
          </>
        )}
      </form>
    </search>
  );
}

/** The last hour to begin with; none where the time is not chosen so. */
function boundsFor(lookback: string): Pick<Query, 'from' | 'to'> {
  if (lookback !== 'custom') return { from: '', to: '' };
  const now = Date.now();
  return { from: String(now - 3_600_000), to: String(now) };
}

type Options = (readonly [value: string, label: string])[];

function withAny(any: string, names: readonly string[]): Options {
  return [['', any], ...names.map((name) => [name, name] as const)];
}

function limitOptions(limit: number): Options {
  const all = limits.includes(limit) ? limits : [...limits, limit].sort((a, b) => a - b);
  return all.map((number) => [String(number), `${number} traces`]);
}
