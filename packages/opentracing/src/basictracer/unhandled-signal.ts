const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Calls `end` at SIGINT and SIGTERM where the program does not handle them; `raise` then ends the process
 * as the signal would have without us.
 *
 * A signal that the program handles is its own business: nothing is done, and its handlers do not find
 * ours beside them, since there are some, such as those of the package signal-exit, that end the process
 * only when they are alone. Those take themselves away and raise the signal again: by then ours is back.
 *
 * @internal
 */
export function onUnhandledSignal(process: NodeJS.Process, end: (raise: () => void) => void): void {
  for (const signal of SIGNALS) {
    const onSignal = () => {
      if (process.listenerCount(signal) > 1) {
        stepAside(process, signal, onSignal);
      } else {
        end(() => {
          process.off(signal, onSignal);
          process.kill(process.pid, signal);
        });
      }
    };
    process.prependListener(signal, onSignal);
  }
}

/** Until the handlers of the program have been called, or have taken themselves away. */
function stepAside(process: NodeJS.Process, signal: NodeJS.Signals, onSignal: () => void): void {
  function onRemoved(name: string | symbol): void {
    if (name === signal && process.listenerCount(signal) === 0) {
      comeBack();
    }
  }

  function comeBack(): void {
    clearImmediate(later);
    process.off('removeListener', onRemoved);
    process.prependListener(signal, onSignal);
  }

  process.off(signal, onSignal);
  process.on('removeListener', onRemoved);
  const later = setImmediate(comeBack).unref();
}
