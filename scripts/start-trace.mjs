// Waits for a trace of the shop to be whole: its spans arrive from five threads, each in its time.
import { setTimeout as delay } from 'node:timers/promises';

/** @typedef {import('opentracing-viewer').Span} Span */

/** The spans at the ends of the branches. */
const LEAVES = ['find customer', 'reserve item', 'try vouchers'];
/** How often the collector is asked, in milliseconds. */
const INTERVAL = 50;
/** How long a trace may take to arrive, in milliseconds. */
const PATIENCE = 30_000;

/**
 * The spans of a trace, as the collector's API answers them, as soon as all of them are there.
 *
 * @param {string} collector the address of the collector
 * @param {string} traceId
 * @returns {Promise<Span[]>}
 * @throws Error with one sentence when they do not all arrive
 */
export async function wholeTrace(collector, traceId) {
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    const response = await fetch(`${collector}/api/v2/trace/${traceId}`);
    const spans = /** @type {Span[]} */ (response.ok ? await response.json() : []);
    if (isWhole(spans)) return spans;
    await delay(INTERVAL);
  }
  throw new Error(`trace ${traceId} did not arrive at ${collector} in ${PATIENCE / 1000} seconds`);
}

/**
 * Whether every branch is there, from its end to the root.
 *
 * @param {Span[]} spans
 */
function isWhole(spans) {
  const ids = new Set(spans.map((span) => span.id));
  return (
    LEAVES.every((name) => spans.some((span) => span.name?.toLowerCase() === name)) &&
    spans.every((span) => span.parentId === undefined || ids.has(span.parentId))
  );
}
