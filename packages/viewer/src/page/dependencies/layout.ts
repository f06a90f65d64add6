import dagre from '@dagrejs/dagre';
import type { CallFigures } from '../../model/call-figures.js';

interface Point {
  x: number;
  y: number;
}

/** A service in the graph. In pixels, from its middle. */
interface ServiceBox extends Point {
  service: string;
}

/** A line from one service to another. In pixels. */
export interface Line {
  link: CallFigures;
  points: Point[];
  /** Where the label has its middle. */
  label: Point;
}

/** The graph of services, laid out. In pixels. */
export interface Layout {
  width: number;
  height: number;
  boxes: ServiceBox[];
  lines: Line[];
}

/** How large a service and the label of a line are, in pixels. */
export const boxSize = { width: 168, height: 36 };
export const labelSize = { width: 132, height: 22 };

/** Lays services out in columns, callers left of what they call, as far as there are no circles. */
export function layOut(links: readonly CallFigures[]): Layout {
  const graph = new dagre.graphlib.Graph({ multigraph: false });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 18,
    ranksep: 28,
    edgesep: 10,
    marginx: 16,
    marginy: 16,
  });
  for (const { parent, child } of links) {
    graph.setNode(parent, { ...boxSize });
    graph.setNode(child, { ...boxSize });
  }
  for (const { parent, child } of links) {
    graph.setEdge(parent, child, { ...labelSize, labelpos: 'c' });
  }
  dagre.layout(graph);
  const { width = 0, height = 0 } = graph.graph();
  return {
    width,
    height,
    boxes: graph.nodes().map((service: string) => {
      const { x, y }: Point = graph.node(service);
      return { service, x, y };
    }),
    lines: links.map((link) => {
      const { points, x, y }: Point & { points: Point[] } = graph.edge(link.parent, link.child);
      if (link.parent !== link.child) return { link, points, label: { x, y } };
      return loopAt(link, graph.node(link.parent));
    }),
  };
}

/** A service that calls itself: a line below it, where the layout has left room. */
function loopAt(link: CallFigures, box: Point): Line {
  const [left, right] = [box.x - boxSize.width / 3, box.x + boxSize.width / 3];
  const bottom = box.y + boxSize.height / 2;
  const label = { x: box.x, y: bottom + labelSize.height };
  const points = [
    { x: right, y: bottom },
    { x: right, y: label.y },
    { x: left, y: label.y },
    { x: left, y: bottom },
  ];
  return { link, points, label };
}

/** A smooth path through the points, as the `d` of an SVG path. */
export function pathThrough(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x},${first.y}`;
  rest.forEach((point, index) => {
    const next = rest[index + 1];
    // Curves between the middles of the legs, each bent by the point between them.
    if (next === undefined) path += `L${point.x},${point.y}`;
    else path += `Q${point.x},${point.y} ${(point.x + next.x) / 2},${(point.y + next.y) / 2}`;
  });
  return path;
}

/** The head of an arrow at the end of a line, as the `points` of an SVG polygon. */
export function arrowHead(points: readonly Point[]): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return '';
  const length = Math.hypot(tip.x - before.x, tip.y - before.y) || 1;
  const [dx, dy] = [(tip.x - before.x) / length, (tip.y - before.y) / length];
  const [backX, backY] = [tip.x - 9 * dx, tip.y - 9 * dy];
  const corners = [
    [tip.x, tip.y],
    [backX - 5 * dy, backY + 5 * dx],
    [backX + 5 * dy, backY - 5 * dx],
  ];
  return corners.map((corner) => corner.map((value) => value.toFixed(1)).join(',')).join(' ');
}
