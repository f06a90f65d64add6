import { Component } from 'preact';
import type { Part } from '../../model/critical-path.js';
import { labelOf } from '../../model/label.js';
import { isError, type Span } from '../../model/span.js';
import type { Node } from '../../model/tree.js';
import { FindingMark } from '../diagnosis/finding-mark.js';
import { formatDuration } from '../format/duration.js';
import { serviceOf } from '../model/labels.js';
import { placeBar } from '../model/timeline.js';
import type { Zoom } from '../model/zoom.js';
import { ErrorSign } from '../parts/error-badge.js';
import { withMarks } from '../parts/marked.js';
import { serviceStyle } from '../parts/service-chip.js';

interface Props {
  node: Node;
  /** How many children its parent has. */
  siblings: number;
  /** Which row it is, from 0. */
  index: number;
  /** The part of the trace's time that the axis shows. */
  zoom: Zoom;
  isExpanded: boolean;
  isFocusable: boolean;
  isSelected: boolean;
  /** The words that the search has found in it, in lower case. */
  words: readonly string[] | undefined;
  /** The parts of it that are on the critical path, where that is shown. */
  path: readonly Part[] | undefined;
}

/** A span as a row of the waterfall. A class, so that a move of the focus draws two rows only. */
export class SpanRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const keys = Object.keys(next) as (keyof Props)[];
    return keys.some((key) => next[key] !== this.props[key]);
  }

  override render(props: Props) {
    const { node, siblings, index, zoom, isExpanded, isFocusable, isSelected, words = [] } = props;
    const { span } = node;
    const isFound = props.words !== undefined;
    const kind = kindOf(span);
    const hasChildren = node.children.length > 0;
    return (
      <div
        role="treeitem"
        class={rowClass(node, isSelected, isFound)}
        style={{
          ...serviceStyle(serviceOf(span)),
          '--depth': String(node.depth),
          '--index': String(index),
        }}
        data-key={node.key}
        tabIndex={isFocusable ? 0 : -1}
        aria-level={node.depth + 1}
        aria-posinset={node.position}
        aria-setsize={siblings}
        aria-selected={isSelected}
        aria-expanded={hasChildren ? isExpanded : undefined}
      >
        <span class="row-name">
          <span class="indent" />
          <span class={hasChildren ? 'twisty' : 'twisty leaf'} aria-hidden="true">
            {hasChildren ? (isExpanded ? '▾' : '▸') : ''}
          </span>
          {isError(span) && (
            <>
              <ErrorSign />
              <span class="unseen">error </span>
            </>
          )}
          {kind !== undefined && (
            <span class="row-kind" title={kind.title} aria-hidden="true">
              {kind.sign}
            </span>
          )}
          <span class="row-text" title={`${serviceOf(span)}: ${labelOf(span)}`}>
            <span class="row-service">{withMarks(serviceOf(span), words)}</span>{' '}
            <span class="row-operation">{withMarks(labelOf(span), words)}</span>
            {kind !== undefined && <span class="unseen"> {kind.name}</span>}
            {isFound && <span class="unseen"> found</span>}
          </span>
          {node.shift !== 0 && (
            <span class="badge" title={shiftTitle(node)}>
              clock<span class="unseen"> corrected</span>
            </span>
          )}
          {node.orphan !== undefined && (
            <span class="badge loose" title={orphanTitle(node)}>
              {node.orphan === 'parent missing' ? 'orphan' : 'root'}
            </span>
          )}
          <FindingMark nodeKey={node.key} />
          {hasChildren && !isExpanded && <span class="badge">+{countBelow(node)}</span>}
        </span>
        <Bar node={node} zoom={zoom} path={props.path} />
      </div>
    );
  }
}

/** The side of a call or of a message that a span is; undefined for what is inside of a service. */
function kindOf({ kind }: Span): (typeof kinds)[keyof typeof kinds] | undefined {
  return kind === undefined ? undefined : kinds[kind];
}

const kinds = {
  CLIENT: { sign: '→', name: 'client', title: 'Client: it calls another service' },
  SERVER: { sign: '←', name: 'server', title: 'Server: it answers a call' },
  PRODUCER: { sign: '⇢', name: 'producer', title: 'Producer: it sends a message' },
  CONSUMER: { sign: '⇠', name: 'consumer', title: 'Consumer: it receives a message' },
};

function Bar({ node, zoom, path }: Pick<Props, 'node' | 'zoom' | 'path'>) {
  const { span, duration } = node;
  if (span.timestamp === undefined) return <span class="row-time">no time</span>;
  const total = zoom.to - zoom.from;
  const start = node.start - zoom.from;
  if (start + duration < 0) return <Outside side="before" />;
  if (start > total) return <Outside side="after" />;
  const { left, width } = placeBar(start, duration, total);
  return (
    <span class="row-time">
      <span
        class={barClass(start, duration, total)}
        style={{ left: `${left}%`, width: `${width}%` }}
      />
      {path?.map(([from, to]) => {
        const part = placeBar(from - zoom.from, to - from, total);
        if (part.width === 0) return null;
        return (
          <span
            key={from}
            class="path"
            style={{ left: `${part.left}%`, width: `${part.width}%` }}
          />
        );
      })}
      {span.annotations?.map(({ timestamp, value }, index) => {
        const at = annotationStart(node, timestamp) - zoom.from;
        if (at < 0 || at > total) return null;
        return (
          <span
            key={index}
            class="event"
            aria-hidden="true"
            title={value}
            style={{ left: `${placeBar(at, 0, total).left}%` }}
          />
        );
      })}
      <span class={labelClass(left, width)} style={labelPlace(left, width)}>
        {span.duration === undefined ? 'unfinished' : formatDuration(duration)}
        <span class="unseen"> from {formatDuration(node.start)}</span>
      </span>
    </span>
  );
}

/** A span of which nothing is in the part of the time that is shown. */
function Outside({ side }: { side: 'before' | 'after' }) {
  return (
    <span class={`row-time outside ${side}`} title={`It lies ${side} the time that is shown.`}>
      <span aria-hidden="true">{side === 'before' ? '‹' : '›'}</span>
      <span class="unseen">{side} the time shown</span>
    </span>
  );
}

/** An end that is cut off by the axis is not round. */
function barClass(start: number, duration: number, total: number): string {
  return ['bar', start < 0 && 'cut-left', start + duration > total && 'cut-right']
    .filter(Boolean)
    .join(' ');
}

function shiftTitle({ shift }: Node): string {
  const way = shift < 0 ? 'earlier' : 'later';
  return `Drawn ${formatDuration(Math.abs(shift))} ${way} than its host says, whose clock differs from the caller's.`;
}

/** When an annotation was, in microseconds since the start of the trace. */
export function annotationStart(node: Node, timestamp: number): number {
  return node.start + timestamp - (node.span.timestamp ?? timestamp);
}

/** The label of a bar stands right of it, else left of it, else inside it: where there is room. */
function labelClass(left: number, width: number): string {
  if (left + width <= 80) return 'bar-label';
  return left >= 20 ? 'bar-label before' : 'bar-label inside';
}

function labelPlace(left: number, width: number): Record<string, string> {
  if (left + width <= 80) return { left: `${left + width}%` };
  return left >= 20 ? { right: `${100 - left}%` } : { right: `${100 - left - width}%` };
}

function rowClass(node: Node, isSelected: boolean, isFound: boolean): string {
  return ['row', isError(node.span) && 'failed', isSelected && 'selected', isFound && 'found']
    .filter(Boolean)
    .join(' ');
}

function orphanTitle(node: Node): string {
  return node.orphan === 'parent missing'
    ? `Its parent ${node.span.parentId} did not arrive (yet).`
    : 'It has no parent, as if it were the first span of the trace.';
}

function countBelow(node: Node): number {
  let count = 0;
  const waiting = [...node.children];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    count += 1;
    for (const child of at.children) waiting.push(child);
  }
  return count;
}
