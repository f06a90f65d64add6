/*
 * Random ids from the runtime's secure source, many at a time: asked for one by one they would cost
 * a hundred times as much.
 */

const POOL_LENGTH = 1024;

let pool = new Int32Array(0);
let next = 0;

/**
 * @internal 32 random bits as a signed integer, which the engine stores without boxing. A 0, of which an
 * id would be invalid, is made a 1.
 */
export function randomWord(): number {
  if (next === pool.length) {
    refill();
  }
  return (pool[next++] as number) || 1;
}

/** At the first call, rather than before: Workers have no randomness while a module loads. */
function refill(): void {
  pool = crypto.getRandomValues(new Int32Array(POOL_LENGTH));
  next = 0;
}
