import { labelOf, serviceOf } from '../label.js';
import type { Node, Trace } from '../tree.js';
import {
  beginOf,
  type Finding,
  findingOf,
  groupNodes,
  lengthOf,
  named,
  namedAll,
  quoted,
} from './finding.js';

/** Less than this may be the resolution of a clock. */
const TOLERANCE = 1_000;
const DAY = 86_400_000_000;
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
    ...nodes.flatMap((node) => absurdTimes(node, now)),
  ];
}

function differingHosts(nodes: readonly Node[]): Finding[] {
  // The span that made the correction is the server's, under its client; the host's others move along.
  const moved = nodes.filter(({ shift, parent }) => shift !== 0 && parent?.shift !== shift);
  const visible = moved.filter(({ shift }) => Math.abs(shift) >= TOLERANCE);
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
      beginOf(node.parent) - beginOf(node) > TOLERANCE,
  );
  return [...groupNodes(early, ({ parent }) => parent)].flatMap(([parent, group]) => {
    if (parent === undefined) return [];
    const [first] = group;
    const isOneService = serviceOf(first.span) === serviceOf(parent.span);
    const gap = lengthOf(beginOf(parent) - beginOf(first));
    return [
      findingOf(
        'clock',
        isOneService ? 'warning' : 'note',
        group,
        `${namedAll(group)} began ${gap} before the parent, ${quoted(labelOf(parent.span))}.`,
        isOneService
          ? 'A start time was given by another clock than the tracer’s: startTime takes milliseconds since the epoch, as Date.now() has them, and one span’s performance.now() is no such time.'
          : 'The clocks of the two differ: have both set by NTP; where spans carry the addresses of their hosts, the viewer corrects it.',
      ),
    ];
  });
}

function absurdTimes(node: Node, now: number): Finding[] {
  const { timestamp, duration = 0 } = node.span;
  const said =
    duration > DAY
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
