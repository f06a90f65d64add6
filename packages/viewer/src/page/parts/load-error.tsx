import { ApiError } from '../api.js';
import { Message } from './message.js';

/** Why something could not be loaded, with a way to try again. */
export function LoadError({ error, retry }: { error: Error; retry(): void }) {
  const isUnreachable = error instanceof ApiError && error.status === 0;
  return (
    <div role="alert">
      <Message title={isUnreachable ? 'No answer' : 'That did not work'}>
        <p>{error.message}</p>
        <button type="button" onClick={retry}>
          Try again
        </button>
      </Message>
    </div>
  );
}
