// Scrolling through a trace of ten thousand spans in the viewer's page.
import { withLargeTrace } from '../viewer/page.mjs';

const FRAMES = 180;
const FRAMES_OF_SMOKE = 5;
/** A quick turn of the wheel, more than a row. */
const PIXELS_OF_FRAME = 60;

export const title = 'Viewer: a trace of ten thousand spans, scrolled';

export const about =
  'In headless Chromium, which draws 60 frames a second at most: time from frame to frame, on average, while 180 of them each scroll the rows by 60 pixels. A frame of 16.7 ms is one of sixty a second.';

export const unit = 'ms';
export const isReading = true;
export const processes = 5;

export const bars = [{ of: 'opentracing-viewer', atMost: 17 }];

export const variants = {
  'opentracing-viewer':
    () =>
    (/** @type {{ isSmoke: boolean }} */ { isSmoke }) =>
      withLargeTrace((page) =>
        page.evaluate(scroll, [isSmoke ? FRAMES_OF_SMOKE : FRAMES, PIXELS_OF_FRAME]),
      ),
};

/** Runs in the page. @param {number[]} options */
function scroll([frames = 0, pixels = 0]) {
  const row = document.querySelector('[role=treeitem]');
  let scrolled = row?.parentElement ?? null;
  const isScrollable = (/** @type {Element} */ element) =>
    element.scrollHeight > element.clientHeight + pixels &&
    /auto|scroll/.test(getComputedStyle(element).overflowY);
  while (scrolled !== null && !isScrollable(scrolled)) {
    scrolled = scrolled.parentElement;
  }
  const target = scrolled ?? document.scrollingElement;
  const before = target?.scrollTop ?? 0;
  return new Promise((resolve, reject) => {
    let count = 0;
    let first = 0;
    const frame = (/** @type {number} */ now) => {
      if (count === 0) first = now;
      if (count < frames) {
        count++;
        target?.scrollBy({ top: pixels, behavior: 'instant' });
        requestAnimationFrame(frame);
      } else if ((target?.scrollTop ?? 0) === before) {
        reject(new Error('Nothing was scrolled.'));
      } else {
        resolve((now - first) / count);
      }
    };
    requestAnimationFrame(frame);
  });
}
