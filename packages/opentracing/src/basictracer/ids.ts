/*
 * Random ids from xorshift128, seeded once by the runtime's secure source: an id has to be different
 * from all others, not unguessable, and the secure source costs a hundred times as much per call.
 */

let x = 0;
let y = 0;
let z = 0;
let w = 0;

/** @internal 32 random bits as a signed integer, which the engine stores without boxing. */
export function randomWord(): number {
  // Seeded at the first call: Workers have no randomness while a module loads.
  if ((x | y | z | w) === 0) {
    seed();
  }
  const t = x ^ (x << 11);
  x = y;
  y = z;
  z = w;
  w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) | 0;
  return w;
}

/** @internal 32 random bits of which at least one is set, so that an id is never zero. */
export function randomNonZeroWord(): number {
  let word = randomWord();
  while (word === 0) {
    word = randomWord();
  }
  return word;
}

function seed(): void {
  const words = crypto.getRandomValues(new Int32Array(4));
  x = words[0] as number;
  y = words[1] as number;
  z = words[2] as number;
  w = (words[3] as number) | 1;
}
