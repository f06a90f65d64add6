import pc from 'picocolors';
import { labelOf } from '../model/label.js';
import { isError, type Span, type SpanKind } from '../model/span.js';
import { summarize } from '../model/summary.js';
import { buildTrace, type Node } from '../model/tree.js';
import { count, formatDuration, formatTime } from './format.js';
import { spanDetails } from './span-details.js';
import { fit, safeText, textWidth } from './text.js';

/** How a trace is drawn. */
export interface RenderOptions {
  /** Columns to fill, 40 at least. Default 80. */
  width?: number;
  /** Whether to use ANSI colours. Default false. */
  color?: boolean;
  /** Whether to print tags and logs under each span, a field a line. Default false. */
  verbose?: boolean;
}

const SMALLEST = 40;
/** The part of the width that the services may take. */
const SERVICE_PART = 0.2;
const WIDEST_SERVICE = 20;
/** Levels of the tree that are drawn; deeper spans are drawn as deep as this. */
const MOST_LEVELS = 10;
const DURATION = 9;
const MARK = 2;
/** Before a name: which side of a call, or of a message, the span is. */
const KINDS: Readonly<Record<SpanKind, string>> = {
  CLIENT: '→ ',
  SERVER: '← ',
  PRODUCER: '⇢ ',
  CONSUMER: '⇠ ',
};

/**
 * Draws a trace as text: a line about the whole, then a line a span with its service, its name as a
 * tree, its place on the time line, its duration, and `✗` when it failed. Arrows tell the sides of a call
 * (`→` client, `←` server) and of a message (`⇢` producer, `⇠` consumer). What the spans say is neutralised:
 * no control character of theirs reaches the terminal.
 *
 * @example
 * ```ts
 * const start = 1_700_000_000_000_000;
 * const bake = { traceId: '1', id: '1', name: 'bake', timestamp: start, duration: 80_000 };
 * const oven = { ...bake, id: '2', parentId: '1', name: 'oven', duration: 60_000 };
 * console.log(renderTrace([bake, oven], { width: 60 }));
 * ```
 * ```text
 * trace 1: 2 spans, 0 services, 80.0 ms, …
 * - bake   ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━   80.0 ms
 * - └ oven ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━             60.0 ms
 * ```
 *
 * @param spans the spans of one trace, merged, as `GET /api/v2/trace/{id}` answers them
 * @returns lines without a line end after the last
 */
export function renderTrace(spans: readonly Span[], options: RenderOptions = {}): string {
  const colors = pc.createColors(options.color ?? false);
  const trace = buildTrace(spans);
  const columns = layOut(trace.nodes, Math.max(options.width ?? 80, SMALLEST));
  const lines = [colors.bold(headline(spans))];
  for (const node of trace.nodes) {
    const { span } = node;
    const failed = isError(span);
    const service = fit(serviceOf(span), columns.service);
    const name = fit(branch(node) + nameOf(span), columns.name);
    const bar = drawBar(node, trace.duration, columns.bar);
    const duration = span.duration === undefined ? '' : formatDuration(span.duration);
    const tail = `${duration.padStart(DURATION)}${failed ? ' ✗' : '  '}`;
    const paint = failed ? colors.red : colors.cyan;
    const line = `${colors.dim(service)} ${failed ? colors.red(name) : name} ${paint(bar)} ${failed ? colors.red(tail) : tail}`;
    lines.push(options.color ? line : line.trimEnd());
    if (options.verbose) {
      const indent = ' '.repeat(columns.service + 1 + textWidth(branch(node)) + 2);
      for (const detail of spanDetails(node, trace)) lines.push(colors.dim(indent + detail));
    }
  }
  return lines.join('\n');
}

function headline(spans: readonly Span[]): string {
  const { traceId, timestamp, duration, services, spanCount, errorCount } = summarize(spans);
  const parts = [count(spanCount, 'span'), count(services.length, 'service')];
  if (errorCount > 0) parts.push(count(errorCount, 'error'));
  parts.push(formatDuration(duration));
  if (timestamp !== undefined) parts.push(formatTime(timestamp));
  return `trace ${safeText(traceId)}: ${parts.join(', ')}`;
}

function layOut(nodes: readonly Node[], width: number) {
  const longest = (of: (node: Node) => string) =>
    nodes.reduce((most, node) => Math.max(most, textWidth(of(node))), 1);
  const service = Math.min(
    longest(({ span }) => serviceOf(span)),
    WIDEST_SERVICE,
    Math.floor(width * SERVICE_PART),
  );
  const rest = width - service - DURATION - MARK - 3;
  const name = Math.min(
    longest((node) => branch(node) + nameOf(node.span)),
    Math.floor(rest * 0.6),
  );
  return { service, name, bar: rest - name };
}

function serviceOf(span: Span): string {
  return safeText(span.localEndpoint?.serviceName ?? '-');
}

function nameOf(span: Span): string {
  const kind = span.kind === undefined ? '' : KINDS[span.kind];
  return kind + safeText(labelOf(span));
}

/**
 * The lines of the tree before a name: the nearest levels, so that the name has room left. What was
 * hung under the root for want of a parent of its own hangs on a broken line.
 */
function branch(node: Node): string {
  if (node.parent === undefined) return '';
  let lines = (isLast(node) ? '└' : '├') + (node.orphan === undefined ? ' ' : '┄');
  let level = node.parent;
  for (let drawn = 1; level.parent !== undefined; drawn += 1) {
    if (drawn === MOST_LEVELS) return `⋯ ${lines}`;
    lines = (isLast(level) ? '  ' : '│ ') + lines;
    level = level.parent;
  }
  return lines;
}

function isLast({ parent, position }: Node): boolean {
  return position === parent?.children.length;
}

/** The span's part of the whole trace. Something is always drawn: a short span is still a span. */
function drawBar(node: Node, total: number, width: number): string {
  if (node.span.timestamp === undefined) return ' '.repeat(width);
  const scale = width / Math.max(total, 1);
  const from = Math.min(Math.floor(node.start * scale), width - 1);
  const to = Math.round((node.start + node.duration) * scale);
  const length = Math.min(Math.max(to - from, 1), width - from);
  return ' '.repeat(from) + '━'.repeat(length) + ' '.repeat(width - from - length);
}
