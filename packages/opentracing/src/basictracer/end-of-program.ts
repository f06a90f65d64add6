import { watchPage } from './end-of-page.js';
import { watchProcess } from './end-of-process.js';

/**
 * What has spans that the end of the program, or of the page, must not lose.
 *
 * @internal
 */
export interface Ending {
  /** How long the end may be held up, in milliseconds. */
  readonly _exitDeadlineMs: number;
  /** How many spans were recorded so far. */
  readonly _recorded: number;
  /** Sends what waits; does not keep the program running. With `isLast` there is no later time. */
  _flushUnheld(isLast: boolean): Promise<void>;
  /**
   * Sends what waits without the event loop, or stores it. With `isOver` nothing goes on afterwards, not
   * even what is on its way; with a deadline of 0 nothing is sent, but what can be stored is.
   */
  _sendWithoutLoop(deadlineMs: number, isOver: boolean): void;
}

const waiting = new Set<Ending>();
let isWatched = false;

/**
 * Sees to it that spans which wait now are flushed at the end. Before the first ones there are no
 * handlers of ours: with one for signals, Node can not be stopped by them while it is busy.
 *
 * @internal
 */
export function watchEnd(ending: Ending): void {
  waiting.add(ending);
  if (!isWatched) {
    isWatched = true;
    try {
      watchPage(waiting);
      watchProcess(waiting);
    } catch {
      // A runtime that has something else under these names: then there is no end to be seen.
    }
  }
}

/** @internal Nothing waits any more. */
export function unwatchEnd(ending: Ending): void {
  waiting.delete(ending);
}
