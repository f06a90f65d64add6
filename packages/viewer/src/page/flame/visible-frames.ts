import type { Flame, Frame } from '../../model/flame.js';

/** Frames of one level, side by side, each too narrow to be drawn. */
interface Rest {
  /** Names it among what is drawn. */
  key: string;
  depth: number;
  count: number;
  /** Both in per cent of the graph. */
  left: number;
  width: number;
}

/** A frame that is drawn. */
interface Place {
  frame: Frame;
  /** Both in per cent of the graph. */
  left: number;
  width: number;
}

/** What is drawn of a flame graph. */
export interface Picture {
  places: Place[];
  rests: Rest[];
  /** How many levels are drawn, zoomed or not. */
  depth: number;
}

/**
 * What is to be seen of a flame graph: the frame that fills the width and those above it, and of what is
 * under it that which is wide enough. Frames in a frame that is too narrow are not looked at.
 * @param zoomed the frame that fills the width; undefined for the whole graph
 * @param narrowest the width, in per cent of the graph, from which on a frame is drawn by itself
 */
export function visibleFrames(flame: Flame, zoomed: Frame | undefined, narrowest: number): Picture {
  const places: Place[] = [];
  const rests: Rest[] = [];
  for (let above = zoomed?.parent; above !== undefined; above = above.parent) {
    places.unshift({ frame: above, left: 0, width: 100 });
  }
  const start = zoomed?.left ?? 0;
  const scale = 100 / ((zoomed?.width ?? flame.width) || 1);
  let level: readonly Frame[] = zoomed === undefined ? flame.roots : [zoomed];
  let depth = places.length;
  while (level.length > 0) {
    const drawn: Frame[] = [];
    let rest: Rest | undefined;
    for (const frame of level) {
      const left = (frame.left - start) * scale;
      const width = frame === zoomed ? 100 : frame.width * scale;
      if (width >= narrowest || level.length === 1) {
        places.push({ frame, left, width });
        drawn.push(frame);
        rest = undefined;
      } else if (rest !== undefined && Math.abs(rest.left + rest.width - left) < 1e-6) {
        rest.count += 1;
        rest.width += width;
      } else {
        rest = { key: frame.key, depth: frame.depth, count: 1, left, width };
        rests.push(rest);
      }
    }
    depth += 1;
    level = drawn.flatMap(({ children }) => children);
  }
  return { places, rests, depth };
}
