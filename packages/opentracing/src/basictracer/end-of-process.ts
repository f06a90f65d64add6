import { settledWithin } from './call-later.js';
import type { Ending } from './end-of-program.js';
import { onUnhandledSignal } from './unhandled-signal.js';

/**
 * Flushes what waits when the process ends: by itself ('beforeExit') or by a signal that the program
 * does not handle, while the event loop turns; by `process.exit` or an error that nobody caught, without
 * it. Its exit status is what it would be.
 *
 * @internal
 */
export function watchProcess(waiting: ReadonlySet<Ending>): void {
  const { process } = globalThis as { process?: NodeJS.Process };
  if (typeof process?.on !== 'function') {
    return;
  }
  // Up to which span the end has been held up already: once is enough.
  const tried = new WeakMap<Ending, number>();

  const hasNews = (ending: Ending) => tried.get(ending) !== ending._recorded;

  async function flushAll(): Promise<void> {
    const flushes = [...waiting].filter(hasNews).map((ending) => {
      tried.set(ending, ending._recorded);
      return settledWithin(ending._flushUnheld(true), ending._exitDeadlineMs);
    });
    await Promise.all(flushes);
  }

  function sendAllWithoutLoop(): void {
    for (const ending of [...waiting]) {
      ending._sendWithoutLoop(hasNews(ending) ? ending._exitDeadlineMs : 0, true);
      tried.set(ending, ending._recorded);
    }
  }

  let isEnding = false;

  /** A second signal ends the process at once. */
  function flushAndRaise(raise: () => void): void {
    if (isEnding || waiting.size === 0) {
      raise();
      return;
    }
    isEnding = true;
    flushAll().then(() => {
      sendAllWithoutLoop();
      raise();
    });
  }

  process.on('beforeExit', flushAll);
  process.on('exit', sendAllWithoutLoop);
  onUnhandledSignal(process, flushAndRaise);
}
