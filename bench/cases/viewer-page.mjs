// A trace of ten thousand spans in the viewer's page: how long until it is drawn.
import { withLargeTrace } from '../viewer/page.mjs';

export const title = 'Viewer: a trace of ten thousand spans, drawn';

export const about =
  'In headless Chromium, from opening the trace’s address until the rows of its first screen are painted; the page comes from the server each time.';

export const unit = 'ms';
export const isReading = true;
export const processes = 5;

export const bars = [{ of: 'opentracing-viewer', atMost: 1_000 }];

export const variants = {
  'opentracing-viewer': () => () =>
    withLargeTrace((page) =>
      // Two frames: one in which the rows are laid out, one after which they were painted.
      page.evaluate(
        () =>
          new Promise((resolve) => {
            requestAnimationFrame(() => requestAnimationFrame(() => resolve(performance.now())));
          }),
      ),
    ),
};
