import { ViewerError } from '../errors.js';
import type { Limits } from '../store/retain.js';
import type { SpanStore } from '../store/store.js';

/** How large the file becomes unless the caller says otherwise: 1 GiB. */
const DEFAULT_MAX_BYTES = 1024 ** 3;
/** How long a trace is kept unless the caller says otherwise: 30 days in milliseconds. */
const DEFAULT_MAX_AGE_MS = 30 * 86_400_000;
const LEAST_BYTES = 1_000_000;
/** How often the limits are looked at, in milliseconds: it takes some microseconds. */
const INTERVAL = 1_000;

/**
 * The limits with their defaults.
 * @throws ViewerError naming the option when it has no meaning
 */
export function checkLimits(options: Partial<Limits>): Limits {
  const { maxBytes = DEFAULT_MAX_BYTES, maxAgeMs = DEFAULT_MAX_AGE_MS } = options;
  if (!(maxBytes >= LEAST_BYTES)) {
    throw new ViewerError(`maxBytes is ${maxBytes}, and it must be at least ${LEAST_BYTES}`);
  }
  if (!(maxAgeMs > 0)) {
    throw new ViewerError(`maxAgeMs is ${maxAgeMs}, and it must be above 0`);
  }
  return { maxBytes, maxAgeMs };
}

/** What keeps a file within its limits. */
export interface Retention {
  /** To be called when spans were added. */
  makeRoom(added: number): void;
  stop(): void;
}

/**
 * Deletes what is over the limits from now on. Between two steps it pauses as long as a step took,
 * so that requests get their half of the time.
 */
export function keepWithin(store: SpanStore, limits: Limits): Retention {
  let timer: NodeJS.Timeout;
  const later = (delay: number) => {
    timer = setTimeout(work, delay).unref();
  };
  const work = () => {
    const start = performance.now();
    const more = unlessBusy(() => store.removeSome(limits, Date.now()));
    later(more ? performance.now() - start : INTERVAL);
  };
  later(INTERVAL);
  return {
    makeRoom: (added) => void unlessBusy(() => store.makeRoom(added, limits, Date.now())),
    stop: () => clearTimeout(timer),
  };
}

/** @returns undefined where the file is locked, or the disk is full: the next time may be better */
function unlessBusy<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    // Senders are told when their spans cannot be stored.
    return undefined;
  }
}
