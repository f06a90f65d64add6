import { ApiError } from '../api.js';
import { Message } from './message.js';

/** Why something could not be loaded, with a way to try again where that may help. */
export function LoadError({ error, retry }: { error: Error; retry(): void }) {
  const status = error instanceof ApiError ? error.status : 500;
  // What the collector refuses it will refuse again.
  const isRefused = status >= 400 && status < 500;
  return (
    <div role="alert">
      <Message title={status === 0 ? 'No answer' : 'That did not work'}>
        <p>{error.message}</p>
        {!isRefused && (
          <button type="button" onClick={retry}>
            Try again
          </button>
        )}
      </Message>
    </div>
  );
}
