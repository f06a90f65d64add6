import { useMemo } from 'preact/hooks';
import type { CallFigures } from '../../model/call-figures.js';
import { formatDuration } from '../format/duration.js';
import { formatShare } from '../format/share.js';
import { ErrorSign } from '../parts/error-badge.js';
import { ServiceChip } from '../parts/service-chip.js';
import { type Column, SortedTable } from '../parts/sorted-table.js';
import { callsHref, serviceHref } from './links.js';
import { formatRate } from './rates.js';

/** The graph as a table: each pair of services, with figures and with traces to look at. */
export function LinkTable({ links, seconds }: { links: readonly CallFigures[]; seconds: number }) {
  const columns = useMemo(() => columnsOf(seconds), [seconds]);
  return (
    <SortedTable
      label="Calls between services"
      columns={columns}
      rows={links}
      keyOf={({ parent, child }) => JSON.stringify([parent, child])}
      sortedBy="-calls"
    />
  );
}

function columnsOf(seconds: number): Column<CallFigures>[] {
  return [
    {
      name: 'parent',
      label: 'Caller',
      value: ({ parent }) => parent,
      draw: (link) => service(link.parent),
    },
    {
      name: 'child',
      label: 'Called',
      value: ({ child }) => child,
      draw: (link) => service(link.child),
    },
    {
      name: 'calls',
      label: 'Calls',
      value: ({ callCount }) => callCount,
      draw: (link) => (
        <a href={callsHref(link)} title="Show the traces of these calls">
          {link.callCount.toLocaleString('en')}
        </a>
      ),
    },
    {
      name: 'rate',
      label: 'Rate',
      value: ({ callCount }) => callCount,
      draw: ({ callCount }) => formatRate(callCount, seconds),
    },
    {
      name: 'errors',
      label: 'Errors',
      value: ({ errorCount }) => errorCount,
      draw: (link) => <Errors link={link} />,
    },
    {
      name: 'errorShare',
      label: 'Of calls',
      title: 'How many of the calls failed',
      value: ({ errorCount, callCount }) => errorCount / callCount,
      draw: ({ errorCount, callCount }) => formatShare(errorCount / callCount),
    },
    {
      name: 'median',
      label: 'Median',
      value: ({ median = 0 }) => median,
      draw: ({ median }) => (median === undefined ? '–' : formatDuration(median)),
    },
    {
      name: 'p95',
      label: '95 %',
      title: '95 of 100 calls took no longer',
      value: ({ p95 = 0 }) => p95,
      draw: ({ p95 }) => (p95 === undefined ? '–' : formatDuration(p95)),
    },
    {
      name: 'traces',
      label: 'Traces',
      value: ({ slowest }) => slowest,
      draw: ({ slowest, failed }) => (
        <span class="link-traces">
          <a href={`/traces/${slowest}`}>slowest</a>
          {failed !== undefined && <a href={`/traces/${failed}`}>failed</a>}
        </span>
      ),
    },
  ];
}

function service(name: string) {
  return (
    <a href={serviceHref(name)} title={`Traces of ${name}`}>
      <ServiceChip service={name} />
    </a>
  );
}

function Errors({ link }: { link: CallFigures }) {
  if (link.errorCount === 0) return <span class="quiet">0</span>;
  return (
    <span class="error-count">
      <ErrorSign /> {link.errorCount.toLocaleString('en')}
    </span>
  );
}
