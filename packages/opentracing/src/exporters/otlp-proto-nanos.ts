import type { Nanos } from './otlp-span.js';
import type { ProtoWriter } from './proto-writer.js';

const TWO_TO_16 = 65_536;
const NS_PER_MS = 1e6;

/** From here on what is added to the words of a time may carry twice. */
const NEAR_MS = 4_000;
const TWO_TO_32 = 2 ** 32;

/** A time in whole milliseconds, and its nanoseconds in two words. */
const known = { ms: 0, high: 0, low: 0 };

/** @internal 64 bits, counted from a time that is known, since those of a batch are near each other. */
export function writeNanos(writer: ProtoWriter, { ms, ns }: Nanos): void {
  if (!(ms >= known.ms && ms < known.ms + NEAR_MS)) {
    learn(ms);
  }
  const low = known.low + (ms - known.ms) * NS_PER_MS + ns;
  if (low < TWO_TO_32) {
    writer.fixed64(known.high, low);
  } else {
    writer.fixed64(known.high + 1, low - TWO_TO_32);
  }
}

/** Works the words out in parts that fit into a number each. */
function learn(ms: number): void {
  const upper = Math.floor(ms / TWO_TO_16);
  const lower = (ms - upper * TWO_TO_16) * NS_PER_MS;
  const carried = Math.floor(lower / TWO_TO_16);
  const middle = upper * NS_PER_MS + carried;
  known.ms = ms;
  known.high = Math.floor(middle / TWO_TO_16);
  known.low = (middle - known.high * TWO_TO_16) * TWO_TO_16 + (lower - carried * TWO_TO_16);
}
