// Spans over HTTP into the viewer, and into a Zipkin beside it.
import { batches, checkTraces, sendAll } from '../viewer/client.mjs';
import { servers } from '../viewer/servers.mjs';
import { SPANS_OF_TRACE } from '../viewer/spans.mjs';

const BATCH = 1_000;
const WARM_UP = 50_000;
const SPANS = 100_000;

export const title = 'Viewer: taking spans';

export const about =
  'Zipkin’s JSON in batches of a thousand spans of 370 bytes over four connections: time for a span, until all were accepted and the last trace is answered, of 100,000 after 50,000; a hundred traces are then asked for and have to be whole. Zipkin is the real server with its storage in memory, which forgets them when it ends; ours has them on disk before it accepts them.';

export const unit = 'µs';
export const isReading = true;
export const processes = 3;

export const bars = [{ of: 'opentracing-viewer', fasterThan: 'Zipkin', by: 2 }];

export const variants = Object.fromEntries(
  Object.entries(servers).map(([name, withServer]) => [
    name,
    () =>
      ({ isSmoke }) =>
        withServer(({ url }) => measure(url, isSmoke ? BATCH : WARM_UP, isSmoke ? BATCH : SPANS)),
  ]),
);

async function measure(url, warmUp, spans) {
  const first = warmUp / SPANS_OF_TRACE;
  const traces = (warmUp + spans) / SPANS_OF_TRACE;
  await sendAll(url, batches(0, warmUp, BATCH), first - 1);
  const bodies = [...batches(first, spans, BATCH)];
  const start = performance.now();
  await sendAll(url, bodies, traces - 1);
  const ms = performance.now() - start;
  await checkTraces(url, traces);
  return (ms / spans) * 1000;
}
