import { labelOf } from '../label.js';
import { followsFromParent } from '../references.js';
import { isError, type Span } from '../span.js';
import type { Node, Trace } from '../tree.js';
import {
  beginOf,
  endOf,
  type Finding,
  findingOf,
  groupNodes,
  lengthOf,
  namedAll,
  quoted,
} from './finding.js';
import { isMessage } from './message.js';

/** Clocks of sources with milliseconds agree no better. */
const TOLERANCE = 1_000;

/** Spans that began after the end of their parent, together by their parent. */
export function lateChildren({ nodes }: Trace): Finding[] {
  const late = nodes.filter((node) => isLate(node) && !isAnswered(node));
  return [...groupNodes(late, ({ parent }) => parent)].flatMap(([parent, group]) => {
    if (parent === undefined) return [];
    const gap = lengthOf(beginOf(group[0]) - endOf(parent));
    const name = quoted(labelOf(parent.span));
    return [
      findingOf(
        'late-child',
        'warning',
        group,
        `${namedAll(group)} began ${gap} after the end of ${name}, the parent.`,
        adviceFor(parent, group),
      ),
    ];
  });
}

/** Whether a server began after the end of its call, which was answered all the same: then a clock is wrong. */
export function isAnsweredLate(node: Node): boolean {
  return isLate(node) && isAnswered(node);
}

function isLate(node: Node): boolean {
  const { parent, orphan, span } = node;
  if (parent === undefined || orphan !== undefined || isMessage(span) || isMessage(parent.span)) {
    return false;
  }
  return !followsFromParent(span) && beginOf(node) - endOf(parent) > TOLERANCE;
}

function isAnswered({ span, parent }: Node): boolean {
  return isCall(parent, span) && parent !== undefined && !isError(parent.span);
}

function isCall(parent: Node | undefined, span: Span): boolean {
  return parent?.span.kind === 'CLIENT' && span.kind === 'SERVER';
}

function adviceFor(parent: Node, group: readonly [Node, ...Node[]]): string {
  const [first] = group;
  if (isCall(parent, first.span)) {
    return 'The caller had given up by then: a timeout, an abort, or a server whose requests wait in a queue; compare the timeout with what the server takes.';
  }
  const isRepeated = group.some(
    (node) => node !== first && labelOf(node.span) === labelOf(first.span),
  );
  return isRepeated
    ? 'A timer, a connection or a listener was set up inside of that span and goes on with it: set it up inside of withoutActiveSpan(tracer, …), or, where the work belongs to the span, await it.'
    : 'Nobody waited for it: await it inside of withActiveSpan, or finish the parent later; where it is meant to go on by itself, start it with references: [followsFrom(parent)].';
}
