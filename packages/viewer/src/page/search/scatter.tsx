import { useMemo, useRef, useState } from 'preact/hooks';
import type { TraceLine } from '../../model/trace-line.js';
import { count } from '../format/count.js';
import { formatDuration } from '../format/duration.js';
import { formatExact } from '../format/time.js';
import { navigate } from '../location.js';
import { useWidth } from '../width.js';
import {
  type Area,
  areaOf,
  durationTicks,
  isIn,
  partOf,
  shareOfDuration,
  shareOfTime,
} from './scatter-scale.js';

type Point = readonly [x: number, y: number];

const height = 320;
const margin = { left: 64, right: 12, top: 12, bottom: 28 };
const step = 0.05;
/** A drag of fewer pixels is a click. */
const leastDrag = 4;

/**
 * Latency over time: a mark for each trace, round, or a square on its corner for one with errors. A drag,
 * or the arrow keys and Enter, narrow to a part. The list is the same for those who do not see it.
 */
export function Scatter(props: { traces: readonly TraceLine[]; onNarrow(area: Area): void }) {
  const traces = useMemo(
    () => props.traces.filter(({ timestamp }) => timestamp !== undefined),
    [props.traces],
  );
  const [frame, width] = useWidth<HTMLDivElement>();
  const plot = useRef<SVGSVGElement>(null);
  const [corners, setCorners] = useState<readonly [Point, Point]>();
  const [isDragging, setDragging] = useState(false);
  const area = useMemo(() => areaOf(traces), [traces]);
  if (traces.length === 0) return <p class="loading">None of these traces has a time.</p>;
  const [inner, tall] = [
    Math.max(1, width - margin.left - margin.right),
    height - margin.top - margin.bottom,
  ];
  const x = (share: number) => margin.left + share * inner;
  const y = (share: number) => margin.top + (1 - share) * tall;
  const chosen = corners && partOf(area, ...corners);
  const inside = chosen && traces.filter((trace) => isIn(chosen, trace)).length;
  const pointAt = (event: PointerEvent): Point => {
    const box = plot.current?.getBoundingClientRect();
    return [
      (event.clientX - (box?.left ?? 0) - margin.left) / inner,
      1 - (event.clientY - (box?.top ?? 0) - margin.top) / tall,
    ];
  };
  const apply = () => {
    if (chosen !== undefined) props.onNarrow(chosen);
    setCorners(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') setCorners(undefined);
    else if (event.key === 'Enter') apply();
    else {
      const next = movedBy(event.key, event.shiftKey, corners);
      if (next === undefined) return;
      setCorners(next);
    }
    event.preventDefault();
  };
  return (
    <section class="scatter" aria-label="Latency over time">
      <div
        ref={frame}
        class="scatter-plot"
        role="application"
        aria-label={`Scatter of ${count(traces.length, 'trace')}. Arrow keys move a selection, with Shift its other corner; Enter narrows to it.`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is operated by keys
        tabIndex={0}
        onKeyDown={onKeyDown}
      >
        <svg
          ref={plot}
          width={width}
          height={height}
          aria-hidden="true"
          onPointerDown={(event) => {
            if (event.button !== 0 || event.target instanceof SVGPathElement) return;
            const point = pointAt(event);
            event.currentTarget.setPointerCapture(event.pointerId);
            setDragging(true);
            setCorners([point, point]);
          }}
          onPointerMove={(event) => {
            if (isDragging && corners !== undefined) setCorners([corners[0], pointAt(event)]);
          }}
          onPointerUp={() => {
            if (!isDragging || corners === undefined) return;
            setDragging(false);
            const [a, b] = corners;
            const isDrag =
              Math.abs(a[0] - b[0]) * inner >= leastDrag &&
              Math.abs(a[1] - b[1]) * tall >= leastDrag;
            if (isDrag) apply();
            else setCorners(undefined);
          }}
          onPointerCancel={() => {
            setDragging(false);
            setCorners(undefined);
          }}
        >
          {durationTicks(area).map((tick) => {
            const at = y(shareOfDuration(area, tick));
            return (
              <g key={tick}>
                <line
                  class="scatter-line"
                  x1={margin.left}
                  x2={width - margin.right}
                  y1={at}
                  y2={at}
                />
                <text x={margin.left - 8} y={at + 4} text-anchor="end">
                  {formatDuration(tick)}
                </text>
              </g>
            );
          })}
          <text x={margin.left} y={height - 8}>
            {formatExact(area.from).slice(0, 19)}
          </text>
          <text x={width - margin.right} y={height - 8} text-anchor="end">
            {formatExact(area.to).slice(inner < 320 ? 11 : 0, 19)}
          </text>
          {traces.map((trace) => (
            // biome-ignore lint/a11y/noStaticElementInteractions: the list has the same as links
            <path
              key={trace.id}
              class={trace.errors > 0 ? 'dot failed' : 'dot'}
              d={shapeOf(trace)}
              transform={`translate(${x(shareOfTime(area, (trace.timestamp ?? 0) / 1_000))} ${y(shareOfDuration(area, trace.duration))})`}
              onClick={() => navigate(`/traces/${trace.id}`)}
            >
              <title>{describe(trace)}</title>
            </path>
          ))}
          {chosen !== undefined && (
            <rect
              class="brush"
              x={x(shareOfTime(area, chosen.from))}
              y={y(shareOfDuration(area, chosen.longest))}
              width={(shareOfTime(area, chosen.to) - shareOfTime(area, chosen.from)) * inner}
              height={Math.abs(
                y(shareOfDuration(area, chosen.shortest)) -
                  y(shareOfDuration(area, chosen.longest)),
              )}
            />
          )}
        </svg>
      </div>
      <p class="scatter-hint" role="status">
        {chosen === undefined
          ? 'Drag over a part, or use the arrow keys and Enter, to narrow to it. ◆ has errors.'
          : `${count(inside ?? 0, 'trace')} of ${formatDuration(chosen.shortest)} to ${formatDuration(chosen.longest)}, from ${formatExact(chosen.from)} to ${formatExact(chosen.to)}`}
      </p>
    </section>
  );
}

/** The corners after a key; undefined for a key that moves nothing. */
function movedBy(
  key: string,
  isGrowing: boolean,
  corners: readonly [Point, Point] = [
    [0.25, 0.25],
    [0.75, 0.75],
  ],
): readonly [Point, Point] | undefined {
  const move = moves.get(key);
  if (move === undefined) return undefined;
  const moved = ([a, b]: Point): Point => [clamp(a + move[0] * step), clamp(b + move[1] * step)];
  return [isGrowing ? corners[0] : moved(corners[0]), moved(corners[1])];
}

const moves: ReadonlyMap<string, Point> = new Map([
  ['ArrowLeft', [-1, 0]],
  ['ArrowRight', [1, 0]],
  ['ArrowUp', [0, 1]],
  ['ArrowDown', [0, -1]],
]);

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}

/** A circle, or a square on its corner where there are errors; its area grows with the spans. */
function shapeOf({ spans, errors }: TraceLine): string {
  const r = Math.min(14, 3 + Math.sqrt(spans) / 1.5);
  if (errors === 0) return `M${-r} 0a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0z`;
  const d = r * 1.25;
  return `M0 ${-d}L${d} 0L0 ${d}L${-d} 0z`;
}

function describe({ service, name, duration, spans, errors }: TraceLine): string {
  const failed = errors > 0 ? `, ${count(errors, 'error')}` : '';
  return `${service} ${name}\n${formatDuration(duration)}, ${count(spans, 'span')}${failed}`;
}
