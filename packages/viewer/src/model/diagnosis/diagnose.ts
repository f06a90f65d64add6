import type { Trace } from '../tree.js';
import { clockTrouble } from './clock-trouble.js';
import { duplicateIds } from './duplicate-ids.js';
import { bySeverity, type Finding } from './finding.js';
import { lateChildren } from './late-children.js';
import { namelessServices } from './nameless-services.js';
import { orphans } from './orphans.js';
import { secondRoots } from './second-roots.js';
import { unfinished } from './unfinished.js';

/** What ended so recently may have spans that are still open, or that wait to be sent. */
const FRESH = 30_000_000;

/**
 * What one trace says of lost context and other trouble: missing parents, second roots, children of
 * finished spans, spans that were never finished, clocks, ids used twice, missing names of services.
 * A trace that is as it should be has no findings; children of producers and consumers, and those that
 * follow from their parent (`opentracing.ref_type`), may begin whenever they like.
 * @param now microseconds since the epoch: what is about to arrive is not yet missing
 * @returns warnings first
 */
export function diagnose(trace: Trace, now = Date.now() * 1_000): Finding[] {
  const isFresh = trace.timestamp !== undefined && now - trace.timestamp - trace.duration < FRESH;
  return bySeverity([
    ...orphans(trace, isFresh),
    ...secondRoots(trace),
    ...lateChildren(trace),
    ...unfinished(trace, isFresh, now),
    ...clockTrouble(trace, now),
    ...duplicateIds(trace),
    ...namelessServices(trace),
  ]);
}
