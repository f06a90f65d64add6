import { epochNow } from '../clock.js';
import { Logs } from '../logs.js';
import type { Span } from '../span.js';
import { Tags } from '../tags.js';

/**
 * One request of a client, its response, and its span, which finishes once: every call after the first
 * that finishes it is ignored.
 *
 * @internal
 */
export class ClientExchange {
  span: Span;
  /** When the headers of the response were there; milliseconds since the epoch, 0 before. */
  answeredAt = 0;
  isFinished = false;
  /** Whether the program has begun to read the body. */
  isRead = false;
  /** Told when the span finishes. */
  onFinished: (() => void) | null = null;

  constructor(span: Span) {
    this.span = span;
  }

  /** @param status - 0 where it is not told, as of a response of another origin */
  onHeaders(status: number): void {
    this.answeredAt = epochNow();
    if (status > 0) {
      this.span.setTag(Tags.HTTP_STATUS_CODE, status);
    }
    if (status >= 400) {
      this.span.setTag(Tags.ERROR, true);
    }
  }

  /** @param isGivenUp - whether it is the reason for which the program has given the request up */
  onError(
    error: unknown,
    isGivenUp = (error as Partial<Error> | null)?.name === 'AbortError',
  ): void {
    if (this.answeredAt > 0 && isGivenUp) {
      this.onCancel();
    } else if (!this.isFinished) {
      this.span.logError(error);
      this.finish();
    }
  }

  /** The program has given up the body. */
  onCancel(): void {
    this.end('aborted', 'the program did not want the whole body');
  }

  /** Nobody has begun to read the body, or where it cannot be seen: the span ends with the headers. */
  onUnread(): void {
    this.end('unread', 'nobody was seen to read the body', this.answeredAt);
  }

  /** The other side could not be reached, or the program gave up before there was an answer. */
  onFailure(event: string, message: string): void {
    if (!this.isFinished) {
      this.span.setTag(Tags.ERROR, true);
      this.end(event, message);
    }
  }

  /** Finishes the span for a reason other than the end of the response. */
  end(event: string, message: string, finishTime?: number): void {
    if (!this.isFinished) {
      this.span.log({ [Logs.EVENT]: event, [Logs.MESSAGE]: message }, finishTime);
      this.finish(finishTime);
    }
  }

  finish(finishTime?: number): void {
    if (!this.isFinished) {
      this.isFinished = true;
      this.span.finish(finishTime);
      this.onFinished?.();
    }
  }
}
