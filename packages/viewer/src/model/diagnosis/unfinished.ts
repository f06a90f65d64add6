import type { SpanKind } from '../span.js';
import type { Node, Trace } from '../tree.js';
import { beginOf, type Finding, findingOf, named } from './finding.js';
import { isMessage } from './message.js';

const FORGOTTEN =
  'On some way out nobody calls finish(): an early return, an exception, a promise that never settles, an event that never comes; use withActiveSpan, or finish in finally.';
/** Instrumentation finishes these when the exchange ends, so that the exchange did not. */
const ADVICE: Partial<Record<SpanKind, string>> = {
  SERVER:
    'The response was not ended: a stream that goes on, as it should be, or a way through the handler that neither answers nor throws; a span of your own is to be finished in finally.',
  CLIENT:
    'The response did not end: a stream that goes on, as it should be, or a server that does not answer, against which AbortSignal.timeout() helps; a span of your own is to be finished in finally.',
};

/** A running program reports spans that are open for so long; one that ends reports all. */
const LONG = 30_000_000;

/**
 * Spans that were sent while they were open, and did not finish afterwards.
 * @param isFresh whether the trace went on until just now, so that long work may still finish
 * @param now microseconds since the epoch
 */
export function unfinished({ nodes }: Trace, isFresh: boolean, now: number): Finding[] {
  return nodes.filter(isUnfinished).map((node) => {
    const { kind, tags } = node.span;
    const mayGoOn = isFresh && now - beginOf(node) >= LONG;
    const advice = (kind && ADVICE[kind]) ?? FORGOTTEN;
    return findingOf(
      'unfinished',
      kind === undefined && !mayGoOn ? 'warning' : 'note',
      [node],
      tags?.['opentracing.unfinished'] === 'true'
        ? `${named(node)} was open when its program ended, or for 30 seconds.`
        : `${named(node)} has no duration: it was not finished when it was sent.`,
      mayGoOn ? `It may finish yet. ${advice}` : advice,
    );
  });
}

function isUnfinished({ span }: Node): boolean {
  // OTLP has no spans without an end, so theirs is told by the tag alone.
  const isOpen = span.duration === undefined || span.duration <= 1;
  if (span.tags?.['opentracing.unfinished'] === 'true') return isOpen;
  return span.duration === undefined && span.timestamp !== undefined && !isMessage(span);
}
