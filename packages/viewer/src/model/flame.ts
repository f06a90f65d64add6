import { labelOf, serviceOf } from './label.js';
import { selfTime } from './self-time.js';
import { isError, type Span } from './span.js';
import type { Node, Trace } from './tree.js';

/** The spans of a trace that were reached on the same way: one service and operation after another. */
export interface Frame {
  /** Names the frame inside its trace: the key of its first span. */
  key: string;
  service: string;
  operation: string;
  /** One or more, in the order of the tree. */
  nodes: Node[];
  parent: Frame | undefined;
  /** By the start of their first spans. */
  children: Frame[];
  /** 0 for a root. */
  depth: number;
  /** 1 for the first child of its parent. */
  position: number;
  /** Where the frame begins in the graph, in microseconds of work. */
  left: number;
  /**
   * Its own time and the widths of its children, in microseconds. More than `total` where children
   * ran side by side or on after their parent.
   */
  width: number;
  /** The durations of its spans, in microseconds. */
  total: number;
  /** The time of its spans in which none of their children ran, in microseconds. */
  self: number;
  /** How many of its spans failed. */
  errors: number;
}

/** A trace by its ways through services and operations. */
export interface Flame {
  roots: Frame[];
  /** All frames, parents before children. */
  frames: Frame[];
  /** The widths of the roots, in microseconds. */
  width: number;
  /** How many levels there are. */
  depth: number;
}

/**
 * Merges the spans of a trace that have the same way from the root: siblings of the same service and
 * operation become one frame, and so do their children.
 * @param operationOf what to call a span; by default what people read, see `labelOf`
 */
export function buildFlame(trace: Trace, operationOf: (span: Span) => string = labelOf): Flame {
  const roots: Frame[] = [];
  const frames: Frame[] = [];
  const frameOf = new Map<Node, Frame>();
  const known = new Map<Frame | undefined, Map<string, Frame>>();
  for (const node of trace.nodes) {
    const parent = node.parent && frameOf.get(node.parent);
    const siblings = known.get(parent) ?? new Map<string, Frame>();
    known.set(parent, siblings);
    const service = serviceOf(node.span);
    const operation = operationOf(node.span);
    const name = JSON.stringify([service, operation]);
    let frame = siblings.get(name);
    if (frame === undefined) {
      const list = parent?.children ?? roots;
      frame = createFrame(node, service, operation, parent, list.length + 1);
      siblings.set(name, frame);
      list.push(frame);
      frames.push(frame);
    }
    frameOf.set(node, frame);
    frame.nodes.push(node);
    frame.total += node.duration;
    frame.self += selfTime(node);
    if (isError(node.span)) frame.errors += 1;
  }
  const depth = frames.reduce((most, frame) => Math.max(most, frame.depth + 1), 0);
  return { roots, frames, width: layOut(roots, frames), depth };
}

/** The frame that a span is part of, by the key of its node. */
export function frameWith(flame: Flame, key: string | null): Frame | undefined {
  if (key === null) return undefined;
  return (
    flame.frames.find((frame) => frame.key === key) ??
    flame.frames.find(({ nodes }) => nodes.some((node) => node.key === key))
  );
}

function createFrame(
  { key }: Node,
  service: string,
  operation: string,
  parent: Frame | undefined,
  position: number,
): Frame {
  const depth = parent === undefined ? 0 : parent.depth + 1;
  const empty = { nodes: [], children: [], left: 0, width: 0, total: 0, self: 0, errors: 0 };
  return { key, service, operation, parent, depth, position, ...empty };
}

/** Without recursion: a trace may be deeper than the stack. Returns the widths of the roots. */
function layOut(roots: readonly Frame[], frames: readonly Frame[]): number {
  for (let index = frames.length - 1; index >= 0; index -= 1) {
    const frame = frames[index] as Frame;
    frame.width += frame.self;
    if (frame.parent !== undefined) frame.parent.width += frame.width;
  }
  let end = 0;
  for (const root of roots) {
    root.left = end;
    end += root.width;
  }
  for (const { left, children } of frames) {
    let at = left;
    for (const child of children) {
      child.left = at;
      at += child.width;
    }
  }
  return end;
}
