// A trace of ten thousand spans, a tree of calls ten deep.

const SPANS = 10_000;
const START = Date.UTC(2024, 0, 2) * 1000;

export const LARGE_TRACE = 'abcdef0123456789';

/** In batches that a server takes. @returns {Buffer[]} */
export function largeTrace() {
  const spans = Array.from({ length: SPANS }, (_, i) => ({
    traceId: LARGE_TRACE,
    id: hex(i + 1),
    ...(i > 0 && { parentId: hex(parentOf(i) + 1) }),
    name: `step ${i}`,
    timestamp: START + i * 100,
    duration: i === 0 ? SPANS * 100 : 5_000 - (i % 10) * 400,
    localEndpoint: { serviceName: ['shop', 'stock', 'payment', 'db'][i % 4] },
    tags: { 'http.path': `/step/${i}`, ...(i % 500 === 499 && { error: 'failed' }) },
  }));
  return [spans.slice(0, SPANS / 2), spans.slice(SPANS / 2)].map((half) =>
    Buffer.from(JSON.stringify(half)),
  );
}

/** Every tenth hangs under the root, the others each under the one before. @param {number} i */
function parentOf(i) {
  return i % 10 === 0 ? 0 : i - 1;
}

/** @param {number} number */
function hex(number) {
  return number.toString(16).padStart(16, '0');
}
