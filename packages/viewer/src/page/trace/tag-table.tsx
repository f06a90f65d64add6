import { useState } from 'preact/hooks';
import { CopyButton } from '../parts/copy-button.js';
import { Marked } from '../parts/marked.js';
import { Value } from './value.js';

/** With more tags than this a filter is offered. */
const MANY = 8;

/** The tags of a span, or what describes its process. */
export function TagTable({ tags, title }: { tags: readonly [string, string][]; title: string }) {
  const [filter, setFilter] = useState('');
  const words = filter.toLowerCase();
  const shown = tags.filter(([key, value]) => `${key}=${value}`.toLowerCase().includes(words));
  return (
    <>
      <h3>{title}</h3>
      {tags.length > MANY && (
        <input
          type="search"
          class="tag-filter"
          value={filter}
          placeholder={`Filter ${tags.length} ${title.toLowerCase()}`}
          aria-label={`Filter ${title.toLowerCase()}`}
          onInput={(event) => setFilter(event.currentTarget.value)}
        />
      )}
      {shown.length === 0 ? (
        <p class="quiet">{tags.length === 0 ? 'None' : 'None of them'}</p>
      ) : (
        <table class="pairs">
          <tbody>
            {shown.map(([key, value]) => (
              <tr key={key} class={key === 'error' ? 'failed' : ''}>
                <th scope="row">
                  <Marked text={key} after={`=${value}`} />
                </th>
                <td>
                  <Value text={value} before={`${key}=`} />
                  <span class="copy-value">
                    <CopyButton text={() => value} label="Copy" of={key} />
                  </span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
