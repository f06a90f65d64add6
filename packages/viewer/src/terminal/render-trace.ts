import pc from 'picocolors';
import { labelOf } from '../model/label.js';
import { isError, type Span } from '../model/span.js';
import { extent, summarize } from '../model/summary.js';
import { type TreeRow, treeOf } from '../model/tree.js';
import { count, formatDuration, formatTime } from './format.js';
import { fit, safeText, textWidth } from './text.js';

/** How a trace is drawn. */
export interface RenderOptions {
  /** Columns to fill, 60 at least. Default 80. */
  width?: number;
  /** Whether to use ANSI colours. Default false. */
  color?: boolean;
  /** Whether to print tags and annotations under each span. Default false. */
  verbose?: boolean;
}

const SMALLEST = 60;
const WIDEST_SERVICE = 20;
/** Levels of the tree that are drawn; deeper spans are drawn as deep as this. */
const MOST_LEVELS = 10;
const DURATION = 9;
const MARK = 2;

/**
 * Draws a trace as text: a line about the whole, then a line a span with its service, its name as a
 * tree, its place on the time line, its duration, and `✗` when it failed. What the spans say is
 * neutralised: no control character of theirs reaches the terminal.
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
  const rows = treeOf(spans);
  const columns = layOut(rows, Math.max(options.width ?? 80, SMALLEST));
  const { start = 0, end = 0 } = extent(spans);
  const lines = [colors.bold(headline(spans))];
  for (const row of rows) {
    const { span } = row;
    const failed = isError(span);
    const service = fit(serviceOf(span), columns.service);
    const name = fit(branch(row) + nameOf(span), columns.name);
    const bar = drawBar(span, start, end, columns.bar);
    const duration = span.duration === undefined ? '' : formatDuration(span.duration);
    const tail = `${duration.padStart(DURATION)}${failed ? ' ✗' : '  '}`;
    const paint = failed ? colors.red : colors.cyan;
    const line = `${colors.dim(service)} ${failed ? colors.red(name) : name} ${paint(bar)} ${failed ? colors.red(tail) : tail}`;
    lines.push(options.color ? line : line.trimEnd());
    if (options.verbose) {
      const indent = ' '.repeat(columns.service + 1 + textWidth(branch(row)) + 2);
      for (const detail of detailsOf(span, start)) lines.push(colors.dim(indent + detail));
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

function layOut(rows: readonly TreeRow[], width: number) {
  const longest = (of: (row: TreeRow) => string) =>
    rows.reduce((most, row) => Math.max(most, textWidth(of(row))), 1);
  const service = Math.min(
    longest(({ span }) => serviceOf(span)),
    WIDEST_SERVICE,
  );
  const rest = width - service - DURATION - MARK - 3;
  const name = Math.min(
    longest((row) => branch(row) + nameOf(row.span)),
    Math.floor(rest * 0.6),
  );
  return { service, name, bar: rest - name };
}

function serviceOf(span: Span): string {
  return safeText(span.localEndpoint?.serviceName ?? '-');
}

function nameOf(span: Span): string {
  return safeText(labelOf(span));
}

/** The lines of the tree before a name: the nearest levels, so that the name has room left. */
function branch(row: TreeRow): string {
  if (row.parent === undefined) return '';
  let lines = row.last ? '└ ' : '├ ';
  let level = row.parent;
  for (let drawn = 1; level.parent !== undefined; drawn += 1) {
    if (drawn === MOST_LEVELS) return `⋯ ${lines}`;
    lines = (level.last ? '  ' : '│ ') + lines;
    level = level.parent;
  }
  return lines;
}

/** The span's part of the whole trace. Something is always drawn: a short span is still a span. */
function drawBar(span: Span, start: number, end: number, width: number): string {
  if (span.timestamp === undefined) return ' '.repeat(width);
  const scale = width / Math.max(end - start, 1);
  const from = Math.min(Math.floor((span.timestamp - start) * scale), width - 1);
  const to = Math.round((span.timestamp + (span.duration ?? 0) - start) * scale);
  const length = Math.min(Math.max(to - from, 1), width - from);
  return ' '.repeat(from) + '━'.repeat(length) + ' '.repeat(width - from - length);
}

function detailsOf(span: Span, start: number): string[] {
  const kind = span.kind === undefined ? [] : [`kind: ${span.kind.toLowerCase()}`];
  const remote = span.remoteEndpoint;
  const address = remote?.ipv4 ?? (remote?.ipv6 === undefined ? '' : `[${remote.ipv6}]`);
  const port = remote?.port === undefined ? '' : `:${remote.port}`;
  const peer = [remote?.serviceName, address + port].filter((part) => part);
  const tags = Object.entries(span.tags ?? {}).map(([key, value]) => `${key}: ${value}`);
  const logs = (span.annotations ?? []).map(
    ({ timestamp, value }) => `at ${formatDuration(Math.max(0, timestamp - start))}: ${value}`,
  );
  const peers = peer.length > 0 ? [`peer: ${peer.join(' ')}`] : [];
  return [`id: ${span.id}`, ...kind, ...peers, ...tags, ...logs].map(safeText);
}
