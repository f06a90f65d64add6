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

/**
 * Deletes what is over the limits from now on. Between two steps it pauses as long as a step took,
 * so that requests get their half of the time.
 * @returns stops it
 */
export function keepWithin(store: SpanStore, limits: Limits): () => void {
  let timer: NodeJS.Timeout;
  const later = (delay: number) => {
    timer = setTimeout(work, delay).unref();
  };
  const work = () => {
    const start = performance.now();
    later(removeSome(store, limits) ? performance.now() - start : INTERVAL);
  };
  later(INTERVAL);
  return () => clearTimeout(timer);
}

function removeSome(store: SpanStore, limits: Limits): boolean {
  try {
    return store.removeSome(limits, Date.now());
  } catch {
    // The file is locked, or the disk is full: senders are told, and the next time may be better.
    return false;
  }
}
