import { formatShare } from '../format/share.js';

/** A part of a whole, 0 to 1, as a bar and in per cent. */
export function ShareBar({ part }: { part: number }) {
  return (
    <span class="share">
      <span class="share-bar" aria-hidden="true">
        <span class="share-part" style={{ width: `${100 * part}%` }} />
      </span>
      <span>{formatShare(part)}</span>
    </span>
  );
}
