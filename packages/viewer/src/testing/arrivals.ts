import type { SpanStore } from '../store/store.js';

/** Spans that are read at a time. */
const BATCH = 1_000;

/** Which traces came since a moment, whoever wrote them into the file. */
export class Arrivals {
  /** The ids, in the order in which they came. */
  readonly traceIds = new Set<string>();
  /** @internal */
  readonly _store: SpanStore;
  /** @internal */
  _cursor: number;

  /** From now on. */
  constructor(store: SpanStore) {
    this._store = store;
    this._cursor = store.newestCursor();
  }

  /** Looks what came since it looked last. @returns the ids that are new, and whether any span came */
  look(): { added: string[]; changed: boolean } {
    const before = this._cursor;
    const added: string[] = [];
    for (;;) {
      const { cursor, spans } = this._store.spansAfter(this._cursor, BATCH);
      this._cursor = cursor;
      if (spans.length === 0) return { added, changed: cursor !== before };
      for (const { traceId } of spans) {
        if (this.traceIds.has(traceId)) continue;
        this.traceIds.add(traceId);
        added.push(traceId);
      }
    }
  }
}
