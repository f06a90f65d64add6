// What the viewer and a Zipkin beside it have in memory after the same spans.
import { batches, checkTraces, sendAll } from '../viewer/client.mjs';
import { servers } from '../viewer/servers.mjs';
import { SPANS_OF_TRACE } from '../viewer/spans.mjs';

const BATCH = 1_000;
const SPANS = 200_000;

export const title = 'Viewer: memory';

export const about =
  'Resident memory of the server after 200,000 spans in batches of a thousand, of which a hundred traces were asked for.';

export const unit = 'MB';
export const isReading = true;
export const processes = 1;

export const bars = [{ of: 'opentracing-viewer', atMost: 1 / 3, times: 'Zipkin' }];

export const variants = Object.fromEntries(
  Object.entries(servers).map(([name, withServer]) => [
    name,
    () =>
      ({ isSmoke }) =>
        withServer(({ url, rss }) => measure(url, rss, isSmoke ? BATCH : SPANS)),
  ]),
);

async function measure(url, rss, spans) {
  const traces = spans / SPANS_OF_TRACE;
  await sendAll(url, batches(0, spans, BATCH), traces - 1);
  await checkTraces(url, traces);
  return rss();
}
