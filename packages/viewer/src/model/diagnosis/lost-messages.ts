import { OTLP_TAGS } from '../otlp-names.js';
import type { Span } from '../span.js';
import type { Node, Trace } from '../tree.js';
import { beginOf, type Finding, findingOf, groupNodes, named, quoted } from './finding.js';

/** What the destination of a message is called: by OpenTracing, OpenTelemetry (now and before), and Brave. */
const DESTINATION_TAGS = [
  'message_bus.destination',
  'messaging.destination.name',
  'messaging.destination',
  'kafka.topic',
] as const;

/**
 * Messages whose receiver began a trace of its own: a producer's span without a consumer's below it, and
 * after it a consumer's span that is a root, of the same destination. One finding for each destination,
 * since it is not known which message was which.
 */
export function lostMessages(traces: readonly Trace[]): Finding[] {
  const nodes = traces.flatMap((trace) => trace.nodes);
  const sent = groupNodes(nodes.filter(isUnreceived), destinationOf);
  const received = groupNodes(traces.flatMap(receiversOf), destinationOf);
  return [...sent].flatMap(([destination, producers]) => {
    const consumers = destination === undefined ? undefined : received.get(destination);
    const first = producers.reduce((a, b) => (beginOf(b) < beginOf(a) ? b : a));
    const later = consumers?.filter((each) => beginOf(each) >= beginOf(first)) ?? [];
    const [consumer] = later;
    if (destination === undefined || consumer === undefined) return [];
    return [
      findingOf(
        'lost-between',
        'warning',
        [first, consumer, ...producers.filter((each) => each !== first), ...later.slice(1)],
        `A message of ${named(first)} to ${quoted(destination)} has no receiver in its trace, while ${named(consumer)} takes messages from there and began a trace of its own.`,
        'No context came with the message: inject the producer’s span into the headers of the message (FORMAT_TEXT_MAP), and start the consumer’s with references: [followsFrom(context)] of the context that extract finds in them.',
      ),
    ];
  });
}

function isUnreceived({ span, children }: Node): boolean {
  return span.kind === 'PRODUCER' && children.every((child) => child.span.kind !== 'CONSUMER');
}

function receiversOf({ roots, nodes }: Trace): Node[] {
  // A batch of messages has links to where each of them came from.
  if (nodes.some(({ span }) => span.tags?.[`${OTLP_TAGS.link}0`] !== undefined)) return [];
  return roots.filter(({ span }) => span.kind === 'CONSUMER' && span.parentId === undefined);
}

function destinationOf({ span: { tags = {} } }: { span: Span }): string | undefined {
  const key = DESTINATION_TAGS.find((each) => tags[each] !== undefined);
  return key === undefined ? undefined : tags[key];
}
