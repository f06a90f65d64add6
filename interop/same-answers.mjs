import { deepStrictEqual } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { eventually, getJson, posting } from './support/http.mjs';

const FIXTURES = new URL('../packages/viewer/test/fixtures/', import.meta.url);

/**
 * Gives two servers the same real traces, of Zipkin's own project, and has them answer alike.
 *
 * @param {string} server
 * @param {string} other
 */
export async function checkSameAnswers(server, other) {
  const traces = readdirSync(FIXTURES).map((name) => readFileSync(new URL(name, FIXTURES)));
  for (const url of [server, other]) {
    for (const trace of traces)
      await posting(`${url}/api/v2/spans`, false)(trace, 'application/json');
  }
  const spans = traces.flatMap((trace) => JSON.parse(trace.toString()));
  for (const { traceId } of spans) {
    await eventually(
      () => getJson(`${server}/api/v2/trace/${traceId}`),
      ({ length }) => length > 0,
    );
  }
  for (const path of pathsFor(spans)) {
    deepStrictEqual(
      { path, answer: sorted(await getJson(other + path)) },
      { path, answer: sorted(await getJson(server + path)) },
    );
  }
}

/** @param {{ traceId: string, timestamp?: number, localEndpoint?: { serviceName?: string } }[]} spans */
function pathsFor(spans) {
  const ids = new Set(spans.map(({ traceId }) => traceId));
  const services = new Set(spans.map(({ localEndpoint }) => localEndpoint?.serviceName ?? ''));
  const times = spans.flatMap(({ timestamp }) => timestamp ?? []);
  const last = Math.ceil(Math.max(...times) / 1000);
  const window = `endTs=${last}&lookback=${last}&limit=100`;
  services.delete('');
  return [
    ...[...ids].map((id) => `/api/v2/trace/${id}`),
    `/api/v2/traceMany?traceIds=${[...ids].join()}`,
    '/api/v2/services',
    `/api/v2/dependencies?${window}`,
    `/api/v2/traces?${window}`,
    ...[...services].flatMap((service) => {
      const name = encodeURIComponent(service);
      return [
        `/api/v2/spans?serviceName=${name}`,
        `/api/v2/remoteServices?serviceName=${name}`,
        `/api/v2/traces?${window}&serviceName=${name}`,
      ];
    }),
  ];
}

/**
 * Spans and traces whatever their order.
 *
 * @param {unknown[]} answer
 * @returns {unknown[]}
 */
function sorted(answer) {
  const items = answer.map((item) => (Array.isArray(item) ? sorted(item) : item));
  return items.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/**
 * @param {any} item a name, a span, a link or a trace
 * @returns {string}
 */
function keyOf(item) {
  if (typeof item === 'string') return item;
  const { traceId, id, kind, timestamp, parent, child } = Array.isArray(item) ? item[0] : item;
  return [traceId, id, kind, timestamp, parent, child].join();
}
