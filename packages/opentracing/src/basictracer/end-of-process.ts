import { settledWithin } from './call-later.js';
import type { Ending } from './end-of-program.js';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Flushes what waits when the process ends: by itself ('beforeExit') or by a signal that the program
 * does not handle, while the event loop turns; by `process.exit`, an error that nobody caught or a
 * signal that the program handles, without it. Its exit status is what it would be.
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
      return settledWithin(ending._flushUnheld(), ending._exitDeadlineMs);
    });
    await Promise.all(flushes);
  }

  function handOnAll(endings: Iterable<Ending> = waiting): void {
    for (const ending of [...endings]) {
      ending._handOn(hasNews(ending) ? ending._exitDeadlineMs : 0, true);
      tried.set(ending, ending._recorded);
    }
  }

  process.on('beforeExit', flushAll);
  process.on('exit', () => handOnAll());
  for (const signal of SIGNALS) {
    process.prependListener(signal, endBy(process, signal, waiting, flushAll, handOnAll));
  }
}

/**
 * A signal that the program does not handle ends the process as it would without us, and a second one
 * at once. One that it does handle is its own business, and its handlers do not find ours beside them:
 * there are some, such as those of the package signal-exit, that end the process only when they are
 * alone.
 */
function endBy(
  process: NodeJS.Process,
  signal: NodeJS.Signals,
  waiting: ReadonlySet<Ending>,
  flushAll: () => Promise<void>,
  handOnAll: (endings?: Iterable<Ending>) => void,
): () => void {
  let isEnding = false;

  function raise(): void {
    process.off(signal, onSignal);
    process.kill(process.pid, signal);
  }

  function onSignal(): void {
    if (process.listenerCount(signal) > 1) {
      // The others can be flushed when the program's handlers let it end by itself.
      handOnAll([...waiting].filter((ending) => ending._canHandOn));
      process.off(signal, onSignal);
      setImmediate(() => process.prependListener(signal, onSignal)).unref();
    } else if (isEnding || waiting.size === 0) {
      raise();
    } else {
      isEnding = true;
      flushAll().then(() => {
        handOnAll();
        raise();
      });
    }
  }

  return onSignal;
}
