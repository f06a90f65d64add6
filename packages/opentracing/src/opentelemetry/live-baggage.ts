import { type Baggage, type BaggageEntry, type Context, propagation } from '@opentelemetry/api';

/**
 * What holds the baggage of a span that may still get more.
 *
 * @internal
 */
export interface BaggageHolder {
  _baggage: Baggage | null;
}

/**
 * The baggage of a span as it is whenever it is asked for. Contexts of OpenTelemetry never change, so
 * that an item which is set while the span is active would otherwise be missing from what its
 * instrumentation injects.
 *
 * @internal
 */
export class LiveBaggage implements Baggage {
  _holder: BaggageHolder;

  constructor(holder: BaggageHolder) {
    this._holder = holder;
  }

  /** The baggage as it is now, which does not change any more. */
  _current(): Baggage {
    return this._holder._baggage ?? propagation.createBaggage();
  }

  getEntry(key: string): BaggageEntry | undefined {
    return this._holder._baggage?.getEntry(key);
  }

  getAllEntries(): [string, BaggageEntry][] {
    return this._holder._baggage?.getAllEntries() ?? [];
  }

  setEntry(key: string, entry: BaggageEntry): Baggage {
    return this._current().setEntry(key, entry);
  }

  removeEntry(key: string): Baggage {
    return this._current().removeEntry(key);
  }

  removeEntries(...keys: string[]): Baggage {
    return this._current().removeEntries(...keys);
  }

  clear(): Baggage {
    return this._current().clear();
  }
}

/** @internal Of a live one what it is now. */
export function settledBaggage(baggage: Baggage | undefined): Baggage | null {
  return isLive(baggage) ? baggage._holder._baggage : (baggage ?? null);
}

/** @internal Told by its shape: the class may come from another copy of this package. */
export function isLive(baggage: Baggage | undefined): baggage is LiveBaggage {
  return (baggage as Partial<LiveBaggage> | undefined)?._holder !== undefined;
}

/** @internal A context without baggage; to make another one takes time. */
export function withoutBaggage(inside: Context): Context {
  return propagation.getBaggage(inside) === undefined ? inside : propagation.deleteBaggage(inside);
}
