import { useEffect, useState } from 'preact/hooks';
import { fetchServices } from '../api.js';
import { count } from '../format/count.js';
import { useLoad } from '../load.js';
import { hrefWith, lastSearch, navigate, place } from '../location.js';
import { Message } from '../parts/message.js';
import { TextField } from '../parts/text-field.js';
import { FirstTrace } from '../search/empty.js';
import { checkQuery, everything } from '../search/query.js';
import { suggest } from '../search/suggest.js';
import { TraceList } from '../search/trace-list.js';
import { clear, follow, isPaused, mostRows, pause, rows, state, waiting } from './feed.js';

/** The traces that come, as they come. What is followed is what the page's address says. */
export function LivePage() {
  const search = new URLSearchParams(place.value.search).get('annotationQuery')?.trim() ?? '';
  const problem = checkQuery({ ...everything, annotationQuery: search }).annotationQuery;
  const isValid = problem === undefined;
  useEffect(() => (isValid ? follow(search) : undefined), [search, isValid]);
  useEffect(() => {
    document.title = search === '' ? 'Live' : `${search} \u2013 Live`;
  }, [search]);
  return (
    <div class="search-page">
      <h1 class="unseen">Traces as they come</h1>
      <Filter search={search} problem={problem} />
      <div class="results-bar live-bar">
        <p role="status" class={isValid ? statusClass() : 'live-status'}>
          {isValid ? statusText() : 'This search cannot be followed: see above.'}
        </p>
        {isValid && (
          <>
            <span class="quiet">{countText()}</span>
            <button type="button" onClick={() => pause(!isPaused.value)}>
              {isPaused.value ? 'Resume' : 'Pause'}
            </button>
            <button type="button" onClick={clear}>
              Clear
            </button>
          </>
        )}
      </div>
      {isValid &&
        (rows.value.length > 0 ? (
          <TraceList traces={rows.value} />
        ) : (
          <Nothing isFiltered={search !== ''} />
        ))}
    </div>
  );
}

/** The form with the one text of a search. */
function Filter({ search, problem }: { search: string; problem: string | undefined }) {
  const [draft, setDraft] = useState(search);
  useEffect(() => setDraft(search), [search]);
  const services = useLoad('services', fetchServices);
  return (
    <search aria-label="Traces to follow">
      <form
        class="search live-form"
        onSubmit={(event) => {
          event.preventDefault();
          const text = draft.trim();
          if (text !== search) navigate(hrefWith({ annotationQuery: text || undefined }));
        }}
      >
        <TextField
          label="Words and tags"
          value={draft}
          placeholder='error http.status_code=500 name="get /" minDuration=10ms'
          problem={problem}
          suggestions={suggest(draft, { services: services.data ?? [], operations: [], terms: [] })}
          onWrite={setDraft}
        />
        <div class="search-buttons">
          <button type="submit" class="primary">
            Follow
          </button>
        </div>
      </form>
    </search>
  );
}

function Nothing({ isFiltered }: { isFiltered: boolean }) {
  if (typeof state.value === 'object') {
    return (
      <Message title="Not connected">
        <p>The collector says: {state.value.refused}. It is asked again every few seconds.</p>
      </Message>
    );
  }
  if (state.value === 'reconnecting') {
    return (
      <Message title="No answer">
        <p>The collector cannot be reached. Is opentracing-viewer still running?</p>
      </Message>
    );
  }
  if (isPaused.value) {
    return (
      <Message title="Paused">
        <p>Traces that come now are shown when you go on.</p>
      </Message>
    );
  }
  if (isFiltered) {
    return (
      <Message title="Waiting for traces that match">
        <p>
          <a href="/live">Follow all traces</a>
        </p>
      </Message>
    );
  }
  return (
    <Message title="Waiting for traces">
      <p>
        Each trace is shown here as it comes. <a href={lastSearch.value}>Search</a> for those that
        came before.
      </p>
      <FirstTrace />
    </Message>
  );
}

function statusClass(): string {
  const isWell = state.value === 'connected' && !isPaused.value;
  return isWell ? 'live-status live-on' : 'live-status';
}

/** Says what changes seldom, since it is read aloud. */
function statusText(): string {
  const connection = state.value;
  if (typeof connection === 'object') return 'Not connected';
  if (connection === 'reconnecting')
    return isPaused.value ? 'Paused, reconnecting' : 'Reconnecting';
  if (isPaused.value) return 'Paused';
  return connection === 'connected' ? 'Connected' : 'Connecting';
}

function countText(): string {
  const shown = rows.value.length;
  const all = shown === mostRows ? `the newest ${count(shown, 'trace')}` : count(shown, 'trace');
  if (!isPaused.value) return all;
  const more = waiting.value > mostRows ? `more than ${mostRows}` : String(waiting.value);
  return `${all}, ${more} waiting`;
}
