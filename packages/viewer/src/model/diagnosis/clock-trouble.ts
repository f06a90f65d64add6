import { labelOf, serviceOf } from '../label.js';
import type { Node, Trace } from '../tree.js';
import {
  beginOf,
  endOf,
  type Finding,
  findingOf,
  groupNodes,
  lengthOf,
  named,
  namedAll,
  quoted,
} from './finding.js';
import { isAnsweredLate } from './late-children.js';

/** Less than this may be the resolution of the clock of one host. */
const TOLERANCE = 1_000;
/** Clocks that are set over a network agree no better. */
const TOLERANCE_OF_HOSTS = 10_000;
const DAY = 86_400_000_000;
/** A span of another unit lasts decades: since 1970, or the thousandfold of that. */
const LONGEST = 366 * DAY;
/** 2000-01-01: nothing was traced before. */
const EARLIEST = 946_684_800_000_000;

/**
 * Spans whose times cannot be right: of hosts whose clocks differ, before their parents, or of another
 * unit than theirs.
 * @param now microseconds since the epoch
 */
export function clockTrouble({ nodes }: Trace, now: number): Finding[] {
  return [
    ...differingHosts(nodes),
    ...earlyChildren(nodes),
    ...lateServers(nodes),
    ...nodes.flatMap((node) => absurdTimes(node, now)),
  ];
}

function differingHosts(nodes: readonly Node[]): Finding[] {
  // The span that made the correction is the server's, under its client; the host's others move along.
  const moved = nodes.filter(({ shift, parent }) => shift !== 0 && parent?.shift !== shift);
  const visible = moved.filter(({ shift }) => Math.abs(shift) > TOLERANCE_OF_HOSTS);
  return [...groupNodes(visible, hostOf)].map(([host, group]) => {
    const [{ shift, parent }] = group;
    const way = shift < 0 ? 'ahead of' : 'behind';
    const caller = parent === undefined ? 'its caller' : hostOf(parent);
    return findingOf(
      'clock',
      'note',
      group,
      `The clock of ${host} is about ${lengthOf(Math.abs(shift))} ${way} that of ${caller}; its spans are drawn where they must have been.`,
      'The clocks of the hosts differ: have both set by NTP (chrony, systemd-timesyncd); order between these hosts is a guess until then.',
    );
  });
}

function hostOf({ span }: Node): string {
  const address = span.localEndpoint?.ipv4 ?? span.localEndpoint?.ipv6;
  return address === undefined ? serviceOf(span) : `${serviceOf(span)} (${address})`;
}

function earlyChildren(nodes: readonly Node[]): Finding[] {
  const early = nodes.filter(
    (node) =>
      node.parent !== undefined &&
      node.orphan === undefined &&
      beginOf(node.parent) - beginOf(node) >
        (isOneService(node, node.parent) ? TOLERANCE : TOLERANCE_OF_HOSTS),
  );
  return [...groupNodes(early, ({ parent }) => parent)].flatMap(([parent, group]) => {
    if (parent === undefined) return [];
    const [first] = group;
    const isOwn = isOneService(first, parent);
    const gap = lengthOf(beginOf(parent) - beginOf(first));
    return [
      findingOf(
        'clock',
        isOwn ? 'warning' : 'note',
        group,
        `${namedAll(group)} began ${gap} before the parent, ${quoted(labelOf(parent.span))}.`,
        isOwn
          ? 'A start time was given by another clock than the tracer’s: startTime takes milliseconds since the epoch, as Date.now() has them, and one span’s performance.now() is no such time.'
          : 'The clocks of the two differ: have both set by NTP; where spans carry the addresses of their hosts, the viewer corrects it.',
      ),
    ];
  });
}

function isOneService(a: Node, b: Node): boolean {
  return serviceOf(a.span) === serviceOf(b.span);
}

function lateServers(nodes: readonly Node[]): Finding[] {
  return nodes.filter(isAnsweredLate).flatMap((node) => {
    const { parent } = node;
    if (parent === undefined) return [];
    const gap = lengthOf(beginOf(node) - endOf(parent));
    return [
      findingOf(
        'clock',
        'note',
        [node],
        `${named(node)} began ${gap} after the end of its call, ${named(parent)}, which did not fail.`,
        'Where the caller got an answer, the clocks of the two differ: have both set by NTP; where it waited for none, its span is that of a message: span.kind producer, and consumer on the other side.',
      ),
    ];
  });
}

function absurdTimes(node: Node, now: number): Finding[] {
  const { timestamp, duration = 0 } = node.span;
  const said =
    duration > LONGEST
      ? `lasts ${lengthOf(duration)}`
      : timestamp !== undefined && timestamp < EARLIEST
        ? 'began before the year 2000'
        : timestamp !== undefined && timestamp > now + DAY
          ? `begins ${lengthOf(timestamp - now)} from now`
          : undefined;
  if (said === undefined) return [];
  return [
    findingOf(
      'clock',
      'warning',
      [node],
      `${named(node)} ${said}.`,
      'A time was given in another unit: startTime of a span and the argument of finish() take milliseconds since the epoch, not seconds and not performance.now().',
    ),
  ];
}
