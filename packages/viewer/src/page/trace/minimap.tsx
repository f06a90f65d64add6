import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { serviceOf } from '../../model/label.js';
import { isError } from '../../model/span.js';
import type { Trace } from '../../model/tree.js';
import { formatDuration } from '../format/duration.js';
import { isZoomed, limitZoom, type Zoom } from '../model/zoom.js';
import { serviceStyle } from '../parts/service-chip.js';

interface Props {
  trace: Trace;
  zoom: Zoom;
  onZoom(zoom: Zoom): void;
}

/** How far a key moves an end of the part that is shown, as a part of the whole. */
const STEP = 0.01;
const LARGE_STEP = 0.1;
/** A shorter drag is a click. */
const LEAST_DRAG = 0.005;

/** All of a trace in little, and which part of its time the rows below show. */
export function Minimap({ trace, zoom, onZoom }: Props) {
  const { duration } = trace;
  const area = useRef<HTMLDivElement>(null);
  const [drag, setDrag] = useState<Zoom>();
  const shown = drag === undefined ? zoom : limitZoom(drag, duration);
  const timeAt = (event: PointerEvent) => {
    const { left, width } = (area.current as HTMLElement).getBoundingClientRect();
    return Math.min(1, Math.max(0, (event.clientX - left) / width)) * duration;
  };
  const start = duration === 0 ? 0 : (100 * shown.from) / duration;
  const end = duration === 0 ? 100 : (100 * shown.to) / duration;
  const onPointerDown = (event: PointerEvent) => {
    if (event.button !== 0 || duration === 0) return;
    const side = (event.target as Element).closest<HTMLElement>('[data-end]')?.dataset.end;
    // A handle moves its end; anywhere else a new part begins.
    const fixed = side === 'from' ? zoom.to : side === 'to' ? zoom.from : timeAt(event);
    area.current?.setPointerCapture(event.pointerId);
    setDrag({ from: fixed, to: side === undefined ? fixed : timeAt(event) });
    event.preventDefault();
  };
  const onPointerUp = () => {
    if (drag !== undefined && Math.abs(drag.to - drag.from) > duration * LEAST_DRAG) {
      onZoom(limitZoom(drag, duration));
    }
    setDrag(undefined);
  };
  return (
    <div class="minimap">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the two sliders in it do the same by key */}
      <div
        class="minimap-area"
        ref={area}
        onPointerDown={onPointerDown}
        onPointerMove={(event) => drag && setDrag({ ...drag, to: timeAt(event) })}
        onPointerUp={onPointerUp}
        onPointerCancel={() => setDrag(undefined)}
        onDblClick={() => onZoom({ from: 0, to: duration })}
      >
        <Picture trace={trace} />
        <span class="minimap-out" style={{ left: '0', width: `${start}%` }} />
        <span class="minimap-out" style={{ right: '0', width: `${100 - end}%` }} />
        {(['from', 'to'] as const).map((side) => (
          <Handle
            key={side}
            end={side}
            zoom={shown}
            duration={duration}
            position={side === 'from' ? start : end}
            onZoom={onZoom}
          />
        ))}
      </div>
      {isZoomed(zoom, duration) && (
        <button type="button" class="small" onClick={() => onZoom({ from: 0, to: duration })}>
          Show all
        </button>
      )}
    </div>
  );
}

/** One end of the part that is shown. */
function Handle(props: {
  end: 'from' | 'to';
  zoom: Zoom;
  duration: number;
  position: number;
  onZoom(zoom: Zoom): void;
}) {
  const { end, zoom, duration, position, onZoom } = props;
  const onKey = (event: KeyboardEvent) => {
    // Times are whole microseconds.
    const by = Math.max(1, duration * (event.shiftKey ? LARGE_STEP : STEP));
    const times: Record<string, number> = {
      ArrowLeft: zoom[end] - by,
      ArrowDown: zoom[end] - by,
      ArrowRight: zoom[end] + by,
      ArrowUp: zoom[end] + by,
      Home: end === 'from' ? 0 : zoom.from + by,
      End: end === 'to' ? duration : zoom.to - by,
    };
    const time = times[event.key];
    if (time === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const moved = { ...zoom, [end]: time };
    // The ends do not pass each other.
    if (moved.to - moved.from > 0) onZoom(limitZoom(moved, duration));
  };
  return (
    <span
      class={`minimap-handle ${end}`}
      data-end={end}
      role="slider"
      tabIndex={0}
      aria-label={end === 'from' ? 'Start of the time shown' : 'End of the time shown'}
      aria-valuemin={0}
      aria-valuemax={duration}
      aria-valuenow={Math.round(zoom[end])}
      aria-valuetext={formatDuration(zoom[end])}
      style={{ left: `${position}%` }}
      onKeyDown={onKey}
    />
  );
}

/** A line for each span, in the colour of its service; errors are drawn last, and thicker. */
function Picture({ trace }: { trace: Trace }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const draw = () => drawPicture(trace, canvas.current, colours.current);
    draw();
    const observer = new ResizeObserver(draw);
    if (canvas.current !== null) observer.observe(canvas.current);
    const scheme = window.matchMedia('(prefers-color-scheme: dark)');
    scheme.addEventListener('change', draw);
    return () => {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
    };
  }, [trace]);
  return (
    <div class="minimap-picture" aria-hidden="true">
      <canvas ref={canvas} />
      <div ref={colours} class="minimap-colours">
        {trace.services.map(([service]) => (
          <span key={service} style={serviceStyle(service)} />
        ))}
        <span class="of-errors" />
      </div>
    </div>
  );
}

function drawPicture(
  trace: Trace,
  canvas: HTMLCanvasElement | null,
  colours: HTMLElement | null,
): void {
  const context = canvas?.getContext('2d');
  if (!canvas || !context || colours === null) return;
  const scale = window.devicePixelRatio;
  const width = Math.round(canvas.clientWidth * scale);
  const height = Math.round(canvas.clientHeight * scale);
  canvas.width = width;
  canvas.height = height;
  // The style sheet knows the colours; the picture asks elements that have them.
  const found = [...colours.children].map((element) => getComputedStyle(element).backgroundColor);
  const ofService = new Map(trace.services.map(([service], index) => [service, found[index]]));
  const line = height / Math.max(trace.nodes.length, 1);
  const draw = (index: number, colour: string | undefined, least: number) => {
    const node = trace.nodes[index];
    if (node === undefined || colour === undefined || trace.duration === 0) return;
    context.fillStyle = colour;
    const thickness = Math.max(least, Math.min(line * 0.75, 4 * scale));
    context.fillRect(
      (node.start / trace.duration) * width,
      Math.min(index * line, height - thickness),
      Math.max(scale, (node.duration / trace.duration) * width),
      thickness,
    );
  };
  trace.nodes.forEach(({ span }, index) => {
    draw(index, ofService.get(serviceOf(span)), 1);
  });
  trace.nodes.forEach(({ span }, index) => {
    if (isError(span)) draw(index, found.at(-1), 2 * scale);
  });
}
