import type { TraceLine } from '../../model/trace-line.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { formatExact } from '../format/time.js';
import { ErrorBadge } from '../parts/error-badge.js';
import { ServiceChips } from '../parts/service-chip.js';
import { Ago } from '../parts/time.js';

/** Traces, in the order given, each a link to its page. */
export function TraceList({ traces }: { traces: readonly TraceLine[] }) {
  const longest = traces.reduce((most, { duration }) => Math.max(most, duration), 0);
  return (
    <ol class="traces">
      {traces.map((trace) => (
        <TraceItem key={trace.id} trace={trace} longest={longest} />
      ))}
    </ol>
  );
}

function TraceItem({ trace, longest }: { trace: TraceLine; longest: number }) {
  const share = longest === 0 ? 0 : (100 * trace.duration) / longest;
  return (
    <li class={trace.errors > 0 ? 'trace failed' : 'trace'}>
      <div class="trace-what">
        <h2>
          <a
            href={`/traces/${trace.id}`}
            title={
              // The link covers the whole item, so the exact time is its title.
              trace.timestamp === undefined ? undefined : formatExact(trace.timestamp / 1_000)
            }
          >
            <span class="trace-service">{trace.service}</span> <span>{trace.name}</span>
          </a>
        </h2>
        {trace.errors > 0 && <ErrorBadge errors={trace.errors} />}
        {!trace.hasRoot && <span class="badge loose">root missing</span>}
      </div>
      <div class="trace-duration">
        <span>{trace.duration > 0 ? formatDuration(trace.duration) : 'no duration'}</span>
        <span class="meter" aria-hidden="true">
          <span style={{ width: `${share}%` }} />
        </span>
      </div>
      <ServiceChips services={trace.services} most={8} />
      <div class="trace-when">
        <span>{count(trace.spans, 'span')}</span>
        {trace.timestamp === undefined ? 'no time' : <Ago timestamp={trace.timestamp} />}
        <a class="trace-compare" href={`/compare/${trace.id}`}>
          Compare
        </a>
      </div>
    </li>
  );
}
