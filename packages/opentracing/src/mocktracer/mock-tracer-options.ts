import { mistypedOptions } from '../mistyped-options.js';
import type { ScopeManager } from '../scope-manager.js';

/** How a `MockTracer` works. */
export interface MockTracerOptions {
  /** Keeps the active span; by default that of the running thread. */
  scopeManager?: ScopeManager | undefined;
  /**
   * The clock of all spans: milliseconds since the Unix epoch, or since whatever the test likes. By
   * default the time of day.
   */
  now?: (() => number) | undefined;
  /**
   * Counts the ids from here, 1 or more, for this tracer alone: the same program then gives the same
   * ids at every run. By default all mock tracers of the program share one counter.
   */
  firstId?: number | undefined;
}

const KNOWN: Readonly<Record<keyof MockTracerOptions, true>> = {
  scopeManager: true,
  now: true,
  firstId: true,
};

/** @internal Writes names that look mistyped to the standard error stream; see `mistypedOptions`. */
export function tellMistyped(options: MockTracerOptions): void {
  const slips = mistypedOptions('MockTracer', options, KNOWN);
  if (slips !== null) {
    console.warn(`opentracing-ts: ${slips.message}`);
  }
}

/** @internal Also for a manager of another copy of this package. */
export function isScopeManager(
  given: ScopeManager | MockTracerOptions | null | undefined,
): given is ScopeManager {
  return typeof (given as Partial<ScopeManager> | null | undefined)?.activate === 'function';
}
