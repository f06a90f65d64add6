import { useState } from 'preact/hooks';
import type { Difference, Side } from '../../model/compare.js';
import { formatDuration } from '../format/duration.js';
import { ServiceChip } from '../parts/service-chip.js';

interface Props {
  rows: readonly Difference[];
  ids: readonly [before: string, after: string];
}

/** How many rows are drawn at first, and how many more at a time. */
const pageSize = 500;

/** A sign and a word, so that nothing hangs on the colour. */
const signs = { added: '+', removed: '−', changed: '≠', same: '=' } as const;

/** The ways of two traces, indented, with the numbers of both and what lies between them. */
export function DifferenceTable({ rows, ids }: Props) {
  const [most, setMost] = useState(pageSize);
  const longest = rows.reduce(
    (max, { before, after }) => Math.max(max, before?.total ?? 0, after?.total ?? 0),
    1,
  );
  return (
    <div class="table-frame">
      <table class="sorted-table differences" aria-label="Differences">
        <thead>
          <tr>
            <th scope="col">Difference</th>
            <th scope="col">Operation</th>
            <th scope="col" class="number">
              Spans
            </th>
            <th scope="col" class="number">
              Errors
            </th>
            <th scope="col">A and B</th>
            <th scope="col" class="number">
              A
            </th>
            <th scope="col" class="number">
              B
            </th>
            <th scope="col" class="number">
              B − A
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, most).map((row, index) => (
            <DifferenceRow key={index} row={row} ids={ids} longest={longest} />
          ))}
        </tbody>
      </table>
      {rows.length > most && (
        <p class="table-more">
          <button type="button" onClick={() => setMost(most + pageSize)}>
            Show more of {rows.length.toLocaleString('en')}
          </button>
        </p>
      )}
    </div>
  );
}

function DifferenceRow(props: {
  row: Difference;
  ids: readonly [before: string, after: string];
  longest: number;
}) {
  const { row, ids, longest } = props;
  const { before, after, kind } = row;
  const distance = (after?.total ?? 0) - (before?.total ?? 0);
  return (
    <tr class={kind}>
      <td>
        <span class="kind">
          <b aria-hidden="true">{signs[kind]}</b> {kind}
        </span>
      </td>
      <td>
        <span class="way" style={{ paddingLeft: `${Math.min(row.depth, 12) * 0.75}rem` }}>
          <ServiceChip service={row.service} /> <span>{row.operation}</span>
        </span>
      </td>
      <td class="number">{both(before?.count ?? 0, after?.count ?? 0)}</td>
      <td class="number">{both(before?.errors ?? 0, after?.errors ?? 0)}</td>
      <td>
        <span class="two-bars" aria-hidden="true">
          <span class="bar-a" style={{ width: `${(100 * (before?.total ?? 0)) / longest}%` }} />
          <span class="bar-b" style={{ width: `${(100 * (after?.total ?? 0)) / longest}%` }} />
        </span>
      </td>
      <td class="number">{duration(before, ids[0])}</td>
      <td class="number">{duration(after, ids[1])}</td>
      <td class="number">
        {distance === 0 ? '±0' : `${distance > 0 ? '+' : ''}${formatDuration(distance)}`}
      </td>
    </tr>
  );
}

function both(before: number, after: number): string {
  return before === after ? String(before) : `${before} → ${after}`;
}

/** The duration as a link to the first span in the timeline of its trace. */
function duration(side: Side | undefined, id: string) {
  if (side === undefined) return <span class="quiet">none</span>;
  return <a href={`/traces/${id}?span=${side.key}`}>{formatDuration(side.total)}</a>;
}
