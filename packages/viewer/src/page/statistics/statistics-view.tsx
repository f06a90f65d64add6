import { useMemo } from 'preact/hooks';
import { type Grouping, type SpanGroup, statisticsOf, tagKeysOf } from '../../model/statistics.js';
import type { Trace } from '../../model/tree.js';
import { formatDuration } from '../format/duration.js';
import { hrefWith, navigate, place } from '../location.js';
import { Choice } from '../parts/choice.js';
import { ErrorSign } from '../parts/error-badge.js';
import { ServiceChip } from '../parts/service-chip.js';
import { ShareBar } from '../parts/share-bar.js';
import { type Column, SortedTable } from '../parts/sorted-table.js';
import { timelineSearch } from './timeline-search.js';

/** The figures of a trace's spans by service, operation, or a tag: as the address says. */
export function StatisticsView({ trace }: { trace: Trace }) {
  const tags = useMemo(() => tagKeysOf(trace), [trace]);
  const params = new URLSearchParams(place.value.search);
  const by = params.get('by');
  const tag = params.get('tag') ?? tags[0] ?? '';
  const grouping = useMemo(
    (): Grouping => (by === 'tag' ? { by, tag } : by === 'service' ? { by } : { by: 'operation' }),
    [by, tag],
  );
  const groups = useMemo(() => statisticsOf(trace, grouping), [trace, grouping]);
  const columns = useMemo(() => columnsOf(grouping), [grouping]);
  return (
    <section class="statistics" aria-label="Statistics">
      <div class="table-bar">
        <Choice
          label="Group by"
          value={grouping.by}
          options={[
            ['operation', 'Operation'],
            ['service', 'Service'],
            ['tag', 'Tag'],
          ]}
          onChoose={(value) =>
            navigate(
              hrefWith({ by: value === 'operation' ? undefined : value, tag: undefined }),
              'replace',
            )
          }
        />
        {grouping.by === 'tag' && (
          <Choice
            label="Tag"
            value={tag}
            options={tags.map((key) => [key, key])}
            onChoose={(value) => navigate(hrefWith({ tag: value }), 'replace')}
          />
        )}
      </div>
      <SortedTable
        label={`Spans by ${grouping.by === 'tag' ? `the tag ${tag}` : grouping.by}`}
        columns={columns}
        rows={groups}
        keyOf={({ service, name }) => JSON.stringify([service, name])}
        sortedBy="-self"
      />
      <p class="hint">
        Self is the time in which no span below was running; the share is its part of the self time
        of all spans.
      </p>
    </section>
  );
}

function columnsOf(grouping: Grouping): Column<SpanGroup>[] {
  const time = (name: string, label: string, of: (group: SpanGroup) => number, title?: string) => ({
    name,
    label,
    value: of,
    draw: (group: SpanGroup) => formatDuration(of(group)),
    ...(title === undefined ? {} : { title }),
  });
  const title =
    grouping.by === 'tag' ? grouping.tag : grouping.by === 'service' ? 'Service' : 'Operation';
  return [
    {
      name: 'name',
      label: title,
      value: ({ service = '', name = '' }) => `${service} ${name}`,
      draw: (group) => <Name group={group} grouping={grouping} />,
    },
    {
      name: 'count',
      label: 'Spans',
      value: ({ count }) => count,
      draw: ({ count }) => count.toLocaleString('en'),
    },
    {
      name: 'errors',
      label: 'Errors',
      value: ({ errors }) => errors,
      draw: ({ errors }) => <Errors errors={errors} />,
    },
    time('total', 'Total', ({ total }) => total, 'The durations of the spans together'),
    time('average', 'Average', ({ average }) => average),
    time('median', 'Median', ({ median }) => median),
    time('p95', '95 %', ({ p95 }) => p95, '95 of 100 spans took no longer'),
    time('longest', 'Longest', ({ longest }) => longest),
    time('self', 'Self', ({ self }) => self, 'The time in which no span below was running'),
    {
      name: 'share',
      label: 'Share',
      title: 'The part of the self time of all spans',
      value: ({ share }) => share,
      draw: ({ share }) => <ShareBar part={share} />,
    },
  ];
}

/** What the group is called, as a link to its spans in the timeline. */
function Name({ group, grouping }: { group: SpanGroup; grouping: Grouping }) {
  const { service, name } = group;
  const search = timelineSearch(group, grouping);
  if (search === undefined) return <span class="quiet">without this tag</span>;
  return (
    <span class="group-name">
      {service !== undefined && <ServiceChip service={service} />}
      <a href={hrefWith(search)} title="Show these spans in the timeline">
        {grouping.by === 'service' ? <ServiceChip service={name ?? ''} /> : name || '(empty)'}
      </a>
    </span>
  );
}

function Errors({ errors }: { errors: number }) {
  if (errors === 0) return <span class="quiet">0</span>;
  return (
    <span class="error-count">
      <ErrorSign /> {errors.toLocaleString('en')}
    </span>
  );
}
