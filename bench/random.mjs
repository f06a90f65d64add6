/** The least code that gives random 32-bit ids: what the floors of the cases use. */
export function createRandom() {
  let seed = 0x9e3779b9 | 0;
  return () => {
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return seed | 0;
  };
}
