import { setImmediate } from 'node:timers/promises';
import { type DependencyLink, linksOf } from '../model/links.js';
import type { Span } from '../model/span.js';

/** How long a request that takes long works at a time, in milliseconds. */
const TURN = 20;
/** Traces between two looks at the clock. */
const SLICE = 20;

/** Lets others have their turn while one request reads many traces. */
export class Turns {
  /** @internal */
  _end = performance.now() + TURN;

  /** To be awaited now and then: other requests go first when this one has had its turn. */
  async pass(): Promise<void> {
    if (performance.now() < this._end) return;
    await setImmediate();
    this._end = performance.now() + TURN;
  }
}

/** What `linksOf` answers, in turns with other requests. */
export async function linksInTurns(traces: Iterable<Span[]>): Promise<DependencyLink[]> {
  const turns = new Turns();
  const links = new Map<string, DependencyLink>();
  let slice: Span[][] = [];
  const add = () => {
    for (const { parent, child, callCount, errorCount } of linksOf(slice)) {
      const key = JSON.stringify([parent, child]);
      const link = links.get(key) ?? { parent, child, callCount: 0 };
      link.callCount += callCount;
      if (errorCount !== undefined) link.errorCount = (link.errorCount ?? 0) + errorCount;
      links.set(key, link);
    }
    slice = [];
  };
  for (const trace of traces) {
    slice.push(trace);
    if (slice.length < SLICE) continue;
    add();
    await turns.pass();
  }
  add();
  return [...links.values()];
}
