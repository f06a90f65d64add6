import { Marked } from '../parts/marked.js';
import { Value } from './value.js';

/** A field of a log or of a reference, on a line of its own: its key, where it has one, and its value. */
export function Field({ name, value }: { name?: string; value: string }) {
  return (
    <div class="log-field">
      {name !== undefined && (
        <span class="log-key">
          <Marked text={name} after={`=${value}`} />
        </span>
      )}
      <Value text={value} before={name === undefined ? '' : `${name}=`} />
    </div>
  );
}
