import { useMemo } from 'preact/hooks';
import { bucketStart, type Latency, latenciesOf } from '../../model/latency.js';
import type { Span } from '../../model/span.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { ErrorSign } from '../parts/error-badge.js';
import { ServiceChip } from '../parts/service-chip.js';
import { type Column, SortedTable } from '../parts/sorted-table.js';
import { type Query, writeQuery } from './query.js';

const barWidth = 8;
const height = 28;

/** How long the operations of the traces take: percentiles and a histogram for each, and a link to its traces. */
export function Operations({
  traces,
  query,
}: {
  traces: readonly (readonly Span[])[];
  query: Query;
}) {
  const rows = useMemo(() => latenciesOf(traces.flat()), [traces]);
  const columns = useMemo(() => columnsOf(rows, query), [rows, query]);
  return (
    <SortedTable
      label="Latency by operation"
      columns={columns}
      rows={rows}
      keyOf={({ service, name }) => JSON.stringify([service, name])}
      sortedBy="-count"
    />
  );
}

function columnsOf(rows: readonly Latency[], query: Query): Column<Latency>[] {
  const used = rows.flatMap(({ buckets }) => [...buckets.keys()]);
  const first = used.reduce((least, bucket) => Math.min(least, bucket), Number.POSITIVE_INFINITY);
  const last = used.reduce((most, bucket) => Math.max(most, bucket), 0);
  const time = (name: 'p50' | 'p90' | 'p95' | 'p99'): Column<Latency> => ({
    name,
    label: name,
    title: `${name.slice(1)} of 100 spans take so long or less`,
    value: (row) => row[name],
    draw: (row) => formatDuration(row[name]),
  });
  return [
    {
      name: 'operation',
      label: 'Operation',
      value: ({ service, name }) => `${service} ${name}`,
      draw: ({ service, name, serviceName = '', spanName = '' }) => (
        <span class="group-name">
          <ServiceChip service={service} />
          <a href={`/${writeQuery({ ...query, serviceName, spanName })}`}>{name}</a>
        </span>
      ),
    },
    { name: 'count', label: 'Spans', value: (row) => row.count },
    {
      name: 'errors',
      label: 'Errors',
      value: (row) => row.errors,
      draw: ({ errors }) =>
        errors > 0 && (
          <span class="error-count">
            <ErrorSign /> {errors}
          </span>
        ),
    },
    time('p50'),
    time('p90'),
    time('p95'),
    time('p99'),
    {
      name: 'histogram',
      label: used.length === 0 ? 'Durations' : `${edge(first)} to ${edge(last + 1)}`,
      title:
        'How many spans take how long; each bar is about three times as long as the one before',
      value: (row) => String(row.p50).padStart(16, '0'),
      draw: (row) => <Histogram row={row} first={first} last={last} />,
    },
  ];
}

function Histogram({ row, first, last }: { row: Latency; first: number; last: number }) {
  const most = Math.max(...row.buckets.values());
  const text = [...row.buckets].map(
    ([bucket, spans]) => `${edge(bucket)} to ${edge(bucket + 1)}: ${count(spans, 'span')}`,
  );
  const width = (last - first + 1) * barWidth;
  return (
    <svg class="histogram" width={width} height={height} role="img" aria-label={text.join(', ')}>
      <title>{text.join('\n')}</title>
      <rect class="histogram-base" x={0} y={height - 1} width={width} height={1} />
      {[...row.buckets].map(([bucket, spans]) => {
        const tall = Math.max(2, (spans / most) * (height - 2));
        const x = (bucket - first) * barWidth;
        return <rect key={bucket} x={x} y={height - 1 - tall} width={barWidth - 1} height={tall} />;
      })}
    </svg>
  );
}

function edge(bucket: number): string {
  return formatDuration(Number(bucketStart(bucket).toPrecision(1)));
}
