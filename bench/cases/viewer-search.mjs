// Searches over a million spans, in the viewer and in a Zipkin beside it.
import { ask, batches, sendAll } from '../viewer/client.mjs';
import { servers } from '../viewer/servers.mjs';
import { FIRST, lastOf, SPANS_OF_TRACE } from '../viewer/spans.mjs';

const BATCH = 5_000;
const SPANS = 1_000_000;
const SEARCHES = 40;
/** What every search looks back over: everything. */
const MARGIN_MS = 1_000;

export const title = 'Viewer: searches over a million spans';

export const about =
  'The newest ten of 100,000 traces of ten spans that match, from request to the end of the answer: the median and the 95th percentile of 40 searches of a kind, which take turns. “No filter” looks back from different times; “tag” is one that a trace in fifty has; “rare tag” one of 20,000 users; “tags” two that are seldom together; “duration” and “duration, service” the slowest traces.';

export const unit = 'ms';
export const isReading = true;
export const processes = 1;

/** By kind, what the search number `i` asks for. @type {Record<string, (i: number) => object>} */
const kinds = {
  'no filter': () => ({}),
  service: (i) => ({ serviceName: ['shop', 'db', 'mail'][i % 3] }),
  operation: (i) => ({ serviceName: 'shop', spanName: `${['post', 'list'][i % 2]} /shop/{id}` }),
  tag: () => ({ annotationQuery: 'error' }),
  'rare tag': (i) => ({ annotationQuery: `user.id=${(i * 397) % 20_000}` }),
  tags: (i) => ({
    annotationQuery: `http.status_code=500 and http.path=/shop/${(i * 200) % 5000}`,
  }),
  duration: (i) => ({ minDuration: 30_000 + i * 200 }),
  'duration, service': (i) => ({
    serviceName: 'mail',
    minDuration: 36_000,
    maxDuration: 37_000 + i * 10,
  }),
};

const percentiles = { median: 0.5, '95th': 0.95 };

export const bars = Object.keys(kinds).flatMap((kind) =>
  Object.keys(percentiles).map((percentile) => ({
    of: `opentracing-viewer, ${kind}, ${percentile}`,
    fasterThan: `Zipkin, ${kind}, ${percentile}`,
  })),
);

export const variants = Object.fromEntries(
  Object.entries(servers).map(([name, withServer]) => [
    name,
    () =>
      ({ isSmoke }) =>
        withServer(({ url }) => measure(url, isSmoke ? BATCH : SPANS, isSmoke ? 1 : SEARCHES)),
  ]),
);

async function measure(url, spans, searches) {
  await sendAll(url, batches(0, spans, BATCH), spans / SPANS_OF_TRACE - 1);
  const end = lastOf(spans);
  /** @type {Record<string, number[]>} */
  const times = Object.fromEntries(Object.keys(kinds).map((kind) => [kind, []]));
  for (let i = 0; i < searches; i++) {
    for (const [kind, of] of Object.entries(kinds)) {
      const query = new URLSearchParams({
        endTs: String(end - i * 10),
        lookback: String(end - FIRST + MARGIN_MS),
        limit: '10',
        ...of(i),
      });
      const start = performance.now();
      const { status, text } = await ask(`${url}/api/v2/traces?${query}`);
      times[kind]?.push(performance.now() - start);
      if (status !== 200) throw new Error(`${query} was answered with ${status}: ${text}`);
      if (spans === SPANS && text === '[]') throw new Error(`${query} found nothing.`);
    }
  }
  return { parts: Object.fromEntries(Object.entries(times).flatMap(partsOf)) };
}

function partsOf([kind, times]) {
  const sorted = times.toSorted((a, b) => a - b);
  return Object.entries(percentiles).map(([name, share]) => [
    `${kind}, ${name}`,
    sorted[Math.floor(sorted.length * share)],
  ]);
}
