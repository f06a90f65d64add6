import type { Frame } from '../../model/flame.js';

/**
 * Which frame a key leads to from `frame`: down to its widest child, up to the one it is in, left and right
 * along its level. Undefined when the key means nothing here.
 * @param drawn the frames to be seen, level by level, from left to right
 */
export function frameFor(key: string, frame: Frame, drawn: readonly Frame[]): Frame | undefined {
  const index = drawn.indexOf(frame);
  const beside = (step: number) => {
    const next = drawn[index + step];
    return next?.depth === frame.depth ? next : undefined;
  };
  switch (key) {
    case 'ArrowRight':
      return beside(1);
    case 'ArrowLeft':
      return beside(-1);
    case 'ArrowUp':
      return frame.parent;
    case 'ArrowDown':
      return drawn
        .filter(({ parent }) => parent === frame)
        .reduce<Frame | undefined>(
          (widest, each) => (widest === undefined || each.width > widest.width ? each : widest),
          undefined,
        );
    case 'Home':
      return drawn[0];
    default:
      return undefined;
  }
}
