import type { ComponentChildren } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { CallFigures } from '../../model/call-figures.js';
import { formatShare } from '../format/share.js';
import { ErrorSign } from '../parts/error-badge.js';
import { serviceStyle } from '../parts/service-chip.js';
import { arrowHead, boxSize, type Line, labelSize, layOut, pathThrough } from './layout.js';
import { callsHref, serviceHref } from './links.js';
import { formatRate } from './rates.js';

interface Props {
  links: readonly CallFigures[];
  /** Over how many seconds the calls were made. */
  seconds: number;
}

const smallest = 0.2;
const largest = 2.5;

/** The services as a graph that is scrolled and zoomed; a service and a line lead to their traces. */
export function ServiceGraph({ links, seconds }: Props) {
  const layout = useMemo(() => layOut(links), [links]);
  const [zoom, setZoom] = useState(1);
  const [lit, setLit] = useState<string>();
  const scroller = useRef<HTMLDivElement>(null);
  const most = useMemo(
    () => links.reduce((max, link) => Math.max(max, link.callCount), 1),
    [links],
  );
  const zoomBy = (factor: number) =>
    setZoom((last) => Math.min(largest, Math.max(smallest, last * factor)));
  const fit = () => {
    const box = scroller.current;
    if (box === null) return;
    const factor = Math.min(box.clientWidth / layout.width, box.clientHeight / layout.height, 1);
    setZoom(Math.max(smallest, factor));
  };
  // Smaller than this nothing could be read: a large graph begins at its upper left corner.
  useEffect(() => {
    const box = scroller.current;
    if (box !== null) setZoom(Math.min(1, Math.max(0.75, box.clientWidth / layout.width)));
  }, [layout]);
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key === '+' || event.key === '=') zoomBy(1.25);
    else if (event.key === '-') zoomBy(0.8);
    else if (event.key === '0') fit();
    else return;
    event.preventDefault();
  };
  const touches = ({ link }: Line) => lit === link.parent || lit === link.child;
  const neighbours = new Set(
    layout.lines.filter(touches).flatMap(({ link }) => [link.parent, link.child]),
  );
  return (
    <div class="service-graph">
      <div class="zoom-buttons">
        <ZoomButton label="Zoom in" onClick={() => zoomBy(1.25)}>
          +
        </ZoomButton>
        <ZoomButton label="Zoom out" onClick={() => zoomBy(0.8)}>
          −
        </ZoomButton>
        <ZoomButton label="Fit the whole graph" onClick={fit}>
          Fit
        </ZoomButton>
        <span role="status">{Math.round(100 * zoom)} %</span>
      </div>
      <section
        class="graph-scroller"
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
        tabIndex={0}
        aria-label="Graph: arrow keys scroll, plus and minus zoom, 0 fits"
        onKeyDown={onKey}
        onPointerDown={(event) => drag(event, scroller.current)}
      >
        <div style={{ width: `${layout.width * zoom}px`, height: `${layout.height * zoom}px` }}>
          <div
            class={lit === undefined ? 'graph' : 'graph dimmed'}
            style={{
              width: `${layout.width}px`,
              height: `${layout.height}px`,
              transform: `scale(${zoom})`,
            }}
            onPointerOver={(event) => setLit(serviceAt(event))}
            onPointerLeave={() => setLit(undefined)}
            onFocusIn={(event) => setLit(serviceAt(event))}
            onFocusOut={() => setLit(undefined)}
          >
            <svg width={layout.width} height={layout.height} aria-hidden="true">
              {layout.lines.map((line) => (
                <g
                  key={keyOf(line.link)}
                  class={lineClass(line.link, touches(line))}
                  style={{ strokeWidth: `${thickness(line.link.callCount, most)}px` }}
                >
                  <path d={pathThrough(line.points)} />
                  <polygon points={arrowHead(line.points)} />
                </g>
              ))}
            </svg>
            {layout.lines.map((line) => (
              <LineLabel
                key={keyOf(line.link)}
                line={line}
                isLit={touches(line)}
                seconds={seconds}
              />
            ))}
            {layout.boxes.map(({ service, x, y }) => (
              <a
                key={service}
                class={neighbours.has(service) || service === lit ? 'box lit' : 'box'}
                href={serviceHref(service)}
                data-service={service}
                title={`Traces of ${service}`}
                style={{ ...serviceStyle(service), ...placed(x, y, boxSize) }}
              >
                <span>{service}</span>
              </a>
            ))}
          </div>
        </div>
      </section>
    </div>
  );
}

function LineLabel({ line, isLit, seconds }: { line: Line; isLit: boolean; seconds: number }) {
  const { parent, child, callCount, errorCount } = line.link;
  return (
    <a
      class={isLit ? 'line-label lit' : 'line-label'}
      href={callsHref(line.link)}
      title={`Traces in which ${parent} calls ${child}`}
      style={placed(line.label.x, line.label.y, labelSize)}
    >
      <span class="unseen">{`${parent} calls ${child}: `}</span>
      <span class="line-text">
        {formatRate(callCount, seconds)}
        {errorCount > 0 && (
          <>
            {' '}
            <ErrorSign />
            <b>{formatShare(errorCount / callCount)}</b>
            <span class="unseen"> errors</span>
          </>
        )}
      </span>
    </a>
  );
}

function ZoomButton(props: { label: string; onClick(): void; children: ComponentChildren }) {
  return (
    <button
      type="button"
      class="small"
      aria-label={props.label}
      title={props.label}
      onClick={props.onClick}
    >
      {props.children}
    </button>
  );
}

/** Scrolls what is dragged, but for links, and for fingers, which scroll by themselves. */
function drag(down: PointerEvent, box: HTMLElement | null): void {
  const isLink = down.target instanceof Element && down.target.closest('a') !== null;
  if (box === null || isLink || down.button !== 0 || down.pointerType !== 'mouse') return;
  const from = { x: box.scrollLeft + down.clientX, y: box.scrollTop + down.clientY };
  box.setPointerCapture(down.pointerId);
  const move = (event: PointerEvent) => {
    box.scrollTo(from.x - event.clientX, from.y - event.clientY);
  };
  box.addEventListener('pointermove', move);
  box.addEventListener('lostpointercapture', () => box.removeEventListener('pointermove', move), {
    once: true,
  });
}

function serviceAt(event: Event): string | undefined {
  const box = (event.target as Element).closest<HTMLElement>('[data-service]');
  return box?.dataset.service;
}

function placed(x: number, y: number, size: { width: number; height: number }) {
  return {
    left: `${x - size.width / 2}px`,
    top: `${y - size.height / 2}px`,
    width: `${size.width}px`,
    height: `${size.height}px`,
  };
}

function keyOf({ parent, child }: CallFigures): string {
  return JSON.stringify([parent, child]);
}

/** Between 1 and 6 pixels, by the logarithm, since some links carry thousands of times more. */
function thickness(calls: number, most: number): number {
  return 1 + (5 * Math.log(calls)) / Math.log(Math.max(most, 2));
}

function lineClass({ errorCount }: CallFigures, isLit: boolean): string {
  return ['line', errorCount > 0 && 'failed', isLit && 'lit'].filter(Boolean).join(' ');
}
