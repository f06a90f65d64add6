import type { RefObject } from 'preact';
import { useMemo } from 'preact/hooks';
import type { Part } from '../../model/critical-path.js';
import type { Node, Trace } from '../../model/tree.js';
import { formatMarks } from '../format/duration.js';
import { type Tick, ticks } from '../model/timeline.js';
import type { Zoom } from '../model/zoom.js';
import { Minimap } from './minimap.js';
import { type RowWindow, useRowWindow } from './row-window.js';
import { SpanRow } from './span-row.js';

interface Props {
  trace: Trace;
  visible: readonly Node[];
  collapsed: ReadonlySet<string>;
  focused: Node | undefined;
  selected: Node | undefined;
  zoom: Zoom;
  /** The keys of the spans that the search has found. */
  found: ReadonlySet<string>;
  /** The words that it looked for, in lower case. */
  words: readonly string[];
  /** The parts of each span that are on the critical path, where that is shown. */
  path: ReadonlyMap<string, readonly Part[]> | undefined;
  treeRef: RefObject<HTMLDivElement | null>;
  onKey(event: KeyboardEvent): void;
  onToggle(node: Node): void;
  onSelect(node: Node): void;
  onZoom(zoom: Zoom): void;
  onCollapseAll(): void;
  onExpandAll(): void;
}

/** The spans of a trace as rows: a tree on the left, bars on a time axis on the right. */
export function Waterfall(props: Props) {
  const { trace, visible, collapsed, focused, selected, zoom } = props;
  const { from, to } = zoom;
  const marks = useMemo(() => ticks(to - from, undefined, from), [from, to]);
  const texts = useMemo(() => formatMarks(marks.map(({ time }) => time)), [marks]);
  const rows = useRowWindow(props.treeRef, visible.length);
  const byKey = useMemo(() => new Map(trace.nodes.map((node) => [node.key, node])), [trace]);
  const onClick = (event: MouseEvent) => {
    const target = event.target as Element;
    const row = target.closest<HTMLElement>('[data-key]');
    const node = byKey.get(row?.dataset.key ?? '');
    if (node === undefined) return;
    if (target.closest('.twisty') !== null && node.children.length > 0) props.onToggle(node);
    else props.onSelect(node);
  };
  return (
    <section
      class={props.path === undefined ? 'waterfall' : 'waterfall with-path'}
      aria-label="Timeline"
      style={{ '--levels': String(trace.depth) }}
    >
      <Minimap trace={trace} zoom={zoom} onZoom={props.onZoom} />
      <div class="axis">
        <div class="axis-buttons">
          <button type="button" class="small" onClick={props.onExpandAll}>
            Expand all
          </button>
          <button type="button" class="small" onClick={props.onCollapseAll}>
            Collapse all
          </button>
        </div>
        <div class="axis-marks" aria-hidden="true">
          {marks.map((mark, index) => (
            <span key={mark.time} class={markClass(mark)} style={{ left: `${mark.position}%` }}>
              {texts[index]}
            </span>
          ))}
        </div>
      </div>
      <div class="rows">
        <div class="grid" aria-hidden="true">
          <div class="grid-lines">
            {marks.map((mark) => (
              <span key={mark.time} style={{ left: `${mark.position}%` }} />
            ))}
          </div>
        </div>
        <div
          role="tree"
          aria-label="Spans"
          ref={props.treeRef}
          onKeyDown={props.onKey}
          onClick={onClick}
          style={{ '--rows': String(visible.length) }}
        >
          {drawnRows(visible, rows, [focused, selected]).map((index) => {
            const node = visible[index] as Node;
            return (
              <SpanRow
                key={node.key}
                node={node}
                index={index}
                siblings={node.parent?.children.length ?? trace.roots.length}
                zoom={zoom}
                isExpanded={!collapsed.has(node.key)}
                isFocusable={node === focused}
                isSelected={node === selected}
                words={props.found.has(node.key) ? props.words : undefined}
                path={props.path?.get(node.key)}
              />
            );
          })}
        </div>
      </div>
    </section>
  );
}

/** The rows in sight, and those of `always`: what has the focus stays where the reader left it. */
function drawnRows(
  visible: readonly Node[],
  { first, last }: RowWindow,
  always: readonly (Node | undefined)[],
): number[] {
  const rows = Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  for (const node of always) {
    const index = node === undefined ? -1 : visible.indexOf(node);
    if (index !== -1 && (index < first || index >= last) && !rows.includes(index)) rows.push(index);
  }
  return rows.sort((a, b) => a - b);
}

/** The mark at the far end would leave the axis if it stood right of its line. */
function markClass({ position }: Tick): string {
  return position > 88 ? 'mark late' : 'mark';
}
