import { useMemo, useRef, useState } from 'preact/hooks';
import { buildFlame, type Flame, type Frame, frameWith } from '../../model/flame.js';
import type { Trace } from '../../model/tree.js';
import { count } from '../format/count.js';
import { hrefWith, navigate, place } from '../location.js';
import { useWidth } from '../width.js';
import { FlameFrame } from './flame-frame.js';
import { FrameFigures } from './frame-figures.js';
import { frameFor } from './moves.js';
import { visibleFrames } from './visible-frames.js';

/** In pixels. */
const narrowestFrame = 3;
/** The last levels of a way say where one is. */
const mostCrumbs = 5;

/** The flame graph of a trace. The address says which frame fills it and what is looked for. */
export function FlameView({ trace }: { trace: Trace }) {
  const flame = useMemo(() => buildFlame(trace), [trace]);
  const params = new URLSearchParams(place.value.search);
  const zoomed = frameWith(flame, params.get('frame'));
  const find = params.get('find') ?? '';
  const found = useMemo(() => matches(flame, find), [flame, find]);
  const [focusKey, setFocusKey] = useState<string>();
  const [pointedKey, setPointedKey] = useState<string>();
  const [graph, width] = useWidth<HTMLDivElement>();
  const tree = useRef<HTMLDivElement>(null);
  const { places, rests, depth } = useMemo(
    () => visibleFrames(flame, zoomed, (100 * narrowestFrame) / width),
    [flame, zoomed, width],
  );
  const drawn = useMemo(() => places.map(({ frame }) => frame), [places]);
  const byKey = useMemo(() => new Map(drawn.map((frame) => [frame.key, frame])), [drawn]);
  const focused = byKey.get(focusKey ?? '') ?? zoomed ?? drawn[0];
  const shown = byKey.get(pointedKey ?? '') ?? focused;

  const focus = (frame: Frame | undefined) => {
    if (frame === undefined) return;
    setFocusKey(frame.key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(frame.key)}"]`)?.focus();
  };
  const zoom = (frame: Frame | undefined) => {
    const isWhole = frame === undefined || (frame.parent === undefined && flame.roots.length === 1);
    navigate(hrefWith({ frame: isWhole ? undefined : frame.key }));
  };
  const frameAt = (event: Event) =>
    byKey.get((event.target as Element).closest<HTMLElement>('[data-key]')?.dataset.key ?? '');
  const onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || focused === undefined) return;
    const next = frameFor(event.key, focused, drawn);
    if (next !== undefined) focus(next);
    else if (event.key === 'Enter' || event.key === ' ') zoom(focused);
    else if ((event.key === 'Escape' || event.key === 'Backspace') && zoomed) zoom(zoomed.parent);
    else return;
    event.preventDefault();
  };

  if (drawn.length === 0 || shown === undefined) return <p class="quiet">No spans</p>;
  return (
    <section class="flame" aria-label="Flame graph">
      <div class="flame-bar">
        <Crumbs zoomed={zoomed} isWhole={zoomed === undefined} />
        <Find find={find} found={found} />
      </div>
      <FrameFigures flame={flame} frame={shown} />
      <div class="flame-graph" ref={graph}>
        <div
          role="tree"
          aria-label="Ways through services and operations"
          aria-orientation="horizontal"
          class="frames"
          ref={tree}
          style={{ '--levels': String(depth) }}
          onKeyDown={onKey}
          onClick={(event) => {
            const frame = frameAt(event);
            if (frame !== undefined) zoom(frame);
          }}
          onFocusIn={(event) => setFocusKey(frameAt(event)?.key)}
          onPointerOver={(event) => setPointedKey(frameAt(event)?.key)}
          onPointerLeave={() => setPointedKey(undefined)}
        >
          {places.map(({ frame, left, width: share }) => (
            <FlameFrame
              key={frame.key}
              frame={frame}
              left={left}
              width={share}
              siblings={frame.parent?.children.length ?? flame.roots.length}
              isFocusable={frame === focused}
              isZoomed={frame === zoomed}
              isMatch={found?.frames.has(frame)}
            />
          ))}
        </div>
        {rests.map((rest) => (
          <span
            key={rest.key}
            class="frame-rest"
            aria-hidden="true"
            title={`${count(rest.count, 'frame')} too narrow to be drawn: zoom in`}
            style={{
              '--level': String(rest.depth),
              left: `${rest.left}%`,
              width: `${rest.width}%`,
            }}
          />
        ))}
      </div>
      <p class="hint">
        The width is the work done: what ran in parallel stands side by side. Arrow keys move, Enter
        zooms in, Escape zooms out.
      </p>
    </section>
  );
}

/** The way from the whole trace to the frame that fills the graph. */
function Crumbs({ zoomed, isWhole }: { zoomed: Frame | undefined; isWhole: boolean }) {
  const way: Frame[] = [];
  for (let at = zoomed; at?.parent !== undefined; at = at.parent) {
    way.unshift(at);
  }
  return (
    <nav class="crumbs" aria-label="Zoom">
      <ol>
        <li>
          <a href={hrefWith({ frame: undefined })} aria-current={isWhole ? 'true' : undefined}>
            Whole trace
          </a>
        </li>
        {way.length > mostCrumbs && <li class="quiet">{way.length - mostCrumbs} more</li>}
        {way.slice(-mostCrumbs).map((frame) => (
          <li key={frame.key}>
            <a
              href={hrefWith({ frame: frame.key })}
              aria-current={frame === zoomed ? 'true' : undefined}
            >
              {frame.operation}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Find({ find, found }: { find: string; found: Found | undefined }) {
  return (
    <div class="flame-find">
      <input
        type="search"
        aria-label="Find a service or an operation"
        placeholder="Find a service or an operation"
        value={find}
        onInput={(event) =>
          navigate(hrefWith({ find: event.currentTarget.value || undefined }), 'replace')
        }
      />
      <span role="status">{found === undefined ? '' : count(found.spans, 'span')}</span>
    </div>
  );
}

interface Found {
  frames: ReadonlySet<Frame>;
  spans: number;
}

function matches(flame: Flame, text: string): Found | undefined {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return undefined;
  const frames = flame.frames.filter(({ service, operation }) =>
    `${service} ${operation}`.toLowerCase().includes(wanted),
  );
  const spans = frames.reduce((sum, { nodes }) => sum + nodes.length, 0);
  return { frames: new Set(frames), spans };
}
