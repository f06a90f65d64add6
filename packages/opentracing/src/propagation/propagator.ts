import type { SpanContext } from '../span-context.js';

/**
 * Writes and reads span contexts in one format: what `registerPropagator` takes.
 */
export interface Propagator<C extends SpanContext = SpanContext> {
  /**
   * Writes `context` into `carrier`.
   *
   * @throws InvalidCarrierError when the carrier does not go with the format
   */
  inject(context: C, carrier: unknown): void;
  /**
   * Reads a context from `carrier`.
   *
   * @returns `null` where the carrier holds none
   * @throws InvalidCarrierError when the carrier does not go with the format
   * @throws SpanContextCorruptedError when the carrier holds a context that cannot be read
   */
  extract(carrier: unknown): C | null;
}
