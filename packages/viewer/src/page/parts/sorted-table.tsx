import type { ComponentChild } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { hrefWith, navigate, place } from '../location.js';

/** A column of a table of `Row`. */
export interface Column<Row> {
  /** Names the column in the address. */
  name: string;
  label: string;
  /** What the label means, where that is not plain. */
  title?: string;
  /** What rows are sorted by. Numbers stand at the right, and sort from the largest first. */
  value(row: Row): number | string;
  /** What is to be seen; the value when left out. */
  draw?(row: Row): ComponentChild;
}

interface Props<Row> {
  /** What the table shows, for screen readers. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf(row: Row): string;
  /** The column by which the rows are sorted when the address does not say. */
  sortedBy: string;
}

/** How many rows are drawn at first, and how many more at a time. */
const pageSize = 500;

/**
 * A table whose rows are sorted by a click on the head of a column, by the parameter `sort` of the address:
 * the column's name, with a minus for the largest first.
 */
export function SortedTable<Row>({ label, columns, rows, keyOf, sortedBy }: Props<Row>) {
  const [most, setMost] = useState(pageSize);
  const sort = new URLSearchParams(place.value.search).get('sort') ?? sortedBy;
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  return (
    <div class="table-frame">
      <table class="sorted-table" aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => {
              const descending = sort === `-${column.name}`;
              const isSorted = descending || sort === column.name;
              return (
                <th
                  key={column.name}
                  scope="col"
                  class={isNumeric(column, rows) ? 'number' : ''}
                  aria-sort={isSorted ? (descending ? 'descending' : 'ascending') : 'none'}
                >
                  <button
                    type="button"
                    title={column.title}
                    onClick={() => {
                      const next = nextSort(column.name, sort, isNumeric(column, rows));
                      navigate(hrefWith({ sort: next === sortedBy ? undefined : next }), 'replace');
                    }}
                  >
                    {column.label}
                    <span class="sort-sign" aria-hidden="true">
                      {isSorted ? (descending ? '▾' : '▴') : ''}
                    </span>
                  </button>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <tr key={keyOf(row)}>
              {columns.map((column) => (
                <td
                  key={column.name}
                  class={isNumeric(column, rows) ? 'number' : ''}
                  data-label={column.label}
                >
                  {column.draw === undefined ? column.value(row) : column.draw(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > most && (
        <p class="table-more">
          <button type="button" onClick={() => setMost(most + pageSize)}>
            Show {Math.min(pageSize, sorted.length - most)} more of{' '}
            {sorted.length.toLocaleString('en')}
          </button>
        </p>
      )}
    </div>
  );
}

function isNumeric<Row>({ value }: Column<Row>, rows: readonly Row[]): boolean {
  const first = rows[0];
  return first !== undefined && typeof value(first) === 'number';
}

/** A second click turns the order around. */
function nextSort(name: string, sort: string, isNumber: boolean): string {
  const [first, second] = isNumber ? [`-${name}`, name] : [name, `-${name}`];
  return sort === first ? second : first;
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: string): Row[] {
  const direction = sort.startsWith('-') ? -1 : 1;
  const column = columns.find(({ name }) => name === sort.replace(/^-/, ''));
  if (column === undefined) return [...rows];
  const compare = (a: number | string, b: number | string) =>
    typeof a === 'number' && typeof b === 'number' ? a - b : String(a).localeCompare(String(b));
  return [...rows].sort((a, b) => direction * compare(column.value(a), column.value(b)));
}
