import { useEffect, useMemo } from 'preact/hooks';
import { labelOf } from '../../model/label.js';
import type { Span } from '../../model/span.js';
import { buildTrace } from '../../model/tree.js';
import { ApiError, fetchTrace } from '../api.js';
import { TraceFindings } from '../diagnosis/trace-findings.js';
import { formatDuration } from '../format/duration.js';
import { useLoad } from '../load.js';
import { lastSearch } from '../location.js';
import { LoadError } from '../parts/load-error.js';
import { Message } from '../parts/message.js';
import { TraceHeader } from './trace-header.js';
import { TraceViews } from './views.js';

/** One trace: its header, and the view of it that the address names. */
export function TracePage({ id }: { id: string }) {
  const { data, error, reload } = useLoad<Span[]>(id, (signal) =>
    fetchTrace(id.toLowerCase(), signal),
  );
  const trace = useMemo(() => data && buildTrace(data), [data]);
  useEffect(() => {
    const root = trace?.roots[0];
    document.title =
      trace === undefined || root === undefined
        ? 'Trace'
        : `${labelOf(root.span)} \u00b7 ${formatDuration(trace.duration)} \u2013 Trace`;
  }, [trace]);
  return (
    <div class="trace-page">
      <nav aria-label="Back">
        <a href={lastSearch.value}>← Traces</a>
      </nav>
      {error !== undefined && <TraceError id={id} error={error} retry={reload} />}
      {trace === undefined && error === undefined && <p class="loading">Loading the trace…</p>}
      {trace !== undefined && (
        <>
          <TraceHeader trace={trace} onRefresh={reload} />
          <TraceFindings trace={trace} />
          <TraceViews trace={trace} />
        </>
      )}
    </div>
  );
}

function TraceError({ id, error, retry }: { id: string; error: Error; retry(): void }) {
  if (!(error instanceof ApiError) || error.status !== 404) {
    return <LoadError error={error} retry={retry} />;
  }
  return (
    <Message title="Trace not found">
      <p>
        The collector has no trace <code>{id}</code>. Its spans may still be on their way.
      </p>
      <button type="button" onClick={retry}>
        Try again
      </button>
    </Message>
  );
}
