import { labelOf } from '../../model/label.js';
import type { Trace } from '../../model/tree.js';
import { Download } from '../files/download.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { serviceOf } from '../model/labels.js';
import { CopyButton } from '../parts/copy-button.js';
import { ErrorBadge } from '../parts/error-badge.js';
import { ServiceChips } from '../parts/service-chip.js';
import { Exact } from '../parts/time.js';

/** What a trace is: its root, its id, when it was, and its figures. */
export function TraceHeader({ trace, onRefresh }: { trace: Trace; onRefresh(): void }) {
  const root = trace.roots[0];
  return (
    <header class="trace-header">
      <div class="trace-title">
        <h1>
          {root !== undefined && <span class="trace-service">{serviceOf(root.span)}</span>}{' '}
          <span>{root === undefined ? 'Empty trace' : labelOf(root.span)}</span>
        </h1>
        {trace.errors > 0 && <ErrorBadge errors={trace.errors} />}
        <button type="button" class="small" onClick={onRefresh}>
          Refresh
        </button>
      </div>
      <div class="trace-id">
        Trace <code>{trace.id}</code> <CopyButton text={() => trace.id} label="Copy id" />{' '}
        <a href={`/compare/${trace.id}`}>Compare</a>{' '}
        <Download name={`trace-${trace.id}`} traces={() => [trace.nodes.map(({ span }) => span)]} />
      </div>
      <dl class="figures">
        <div>
          <dt>Duration</dt>
          <dd>{formatDuration(trace.duration)}</dd>
        </div>
        <div>
          <dt>Spans</dt>
          <dd>{trace.nodes.length.toLocaleString('en')}</dd>
        </div>
        <div>
          <dt>Depth</dt>
          <dd>{count(trace.depth, 'level')}</dd>
        </div>
        <div>
          <dt>Services</dt>
          <dd>{trace.services.length}</dd>
        </div>
        <div>
          <dt>Started</dt>
          <dd>
            {trace.timestamp === undefined ? 'unknown' : <Exact timestamp={trace.timestamp} />}
          </dd>
        </div>
      </dl>
      <ServiceChips services={trace.services} />
    </header>
  );
}
