import type { RefObject } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

/** Up to so many rows all are drawn, so that the browser's own search finds everything. */
const ALL_ROWS = 200;
/** How many rows more than those in sight are drawn above and below, and by which they change. */
const MARGIN = 20;
/** What is drawn before the page knows how much is in sight. */
const FIRST_ROWS = 60;

/** Rows from the first up to but not with the last. */
export interface RowWindow {
  first: number;
  last: number;
}

/**
 * Which of the rows of a list are to be drawn: those in sight of the window and some around them.
 *
 * Rows are all of one height, so that where each is follows from its number; a list of rows that
 * measures them would be ten times the code.
 * @param list the element that is as high as all of the rows together
 * @param count how many rows there are
 */
export function useRowWindow(list: RefObject<HTMLElement | null>, count: number): RowWindow {
  const [rows, setRows] = useState<RowWindow>({ first: 0, last: FIRST_ROWS });
  useLayoutEffect(() => {
    const element = list.current;
    if (element === null || count <= ALL_ROWS) return;
    const update = () => {
      const { top, height } = element.getBoundingClientRect();
      const first = inSteps((-top * count) / height) - MARGIN;
      const last = inSteps(((window.innerHeight - top) * count) / height) + 2 * MARGIN;
      setRows((now) => (now.first === first && now.last === last ? now : { first, last }));
    };
    update();
    // What stands above the list may grow.
    const observer = new ResizeObserver(update);
    observer.observe(document.body);
    window.addEventListener('scroll', update, { passive: true });
    window.addEventListener('resize', update);
    return () => {
      observer.disconnect();
      window.removeEventListener('scroll', update);
      window.removeEventListener('resize', update);
    };
  }, [count]);
  if (count <= ALL_ROWS) return { first: 0, last: count };
  return { first: Math.max(0, rows.first), last: Math.min(count, rows.last) };
}

function inSteps(row: number): number {
  return Math.floor(row / MARGIN) * MARGIN;
}
