// What the floors of several cases are made of: the least code for an id and for handing over.

/** Returns a source of random 32-bit integers, as xorshift makes them. */
export function createRandom() {
  let seed = 0x9e3779b9 | 0;
  return () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed | 0;
  };
}

const QUEUE_SIZE = 100_000;
const BATCH_SIZE = 1_000;
const FLUSH_MS = 1_000;

/**
 * Returns what takes a finished span: it waits in a ring, is dropped when that is full, and goes to an
 * exporter that throws it away, with 999 others in the next turn of the event loop, or with fewer after
 * a second.
 */
export function createHandOver() {
  const ring = new Array(QUEUE_SIZE);
  let start = 0;
  let queued = 0;
  let isSending = false;
  let timer = null;
  const exportBatch = async (_spans) => {};
  const send = async () => {
    isSending = true;
    clearTimeout(timer);
    timer = null;
    while (queued > 0) {
      // The ring is as long as so many whole batches.
      const count = Math.min(queued, BATCH_SIZE, QUEUE_SIZE - start);
      await exportBatch(ring.slice(start, start + count));
      ring.fill(undefined, start, start + count);
      start = (start + count) % QUEUE_SIZE;
      queued -= count;
    }
    isSending = false;
  };
  return (span) => {
    if (queued === QUEUE_SIZE) {
      return;
    }
    const end = start + queued++;
    ring[end < QUEUE_SIZE ? end : end - QUEUE_SIZE] = span;
    if (queued >= BATCH_SIZE && !isSending) {
      isSending = true;
      setImmediate(send);
    } else if (timer === null && !isSending) {
      timer = setTimeout(send, FLUSH_MS);
      timer.unref();
    }
  };
}
