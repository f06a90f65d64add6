import { count } from '../format/count.js';

/** A sign, not a colour alone, that spans failed. */
export function ErrorBadge({ errors }: { errors: number }) {
  return (
    <span class="badge error-badge">
      <ErrorSign />
      {count(errors, 'error')}
    </span>
  );
}

/** The exclamation mark of a span that failed. Its meaning is said in words beside it. */
export function ErrorSign() {
  return (
    <span class="error-sign" aria-hidden="true">
      !
    </span>
  );
}
