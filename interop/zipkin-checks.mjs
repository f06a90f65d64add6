import { deepStrictEqual } from 'node:assert/strict';
import { encodeZipkinJson, encodeZipkinProto } from 'opentracing-ts/exporters';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { byService, record } from './record.mjs';
import { scenarios } from './scenario.mjs';
import { eventually, getJson, posting } from './support/http.mjs';
import { compareTraces, expectedTrace } from './zipkin-answers.mjs';

/** @typedef {import('./record.mjs').Recorded} Recorded */

const MINUTE = 60_000;
const TRACES_IN_BATCHES = 200;
const JSON_TYPE = 'application/json';
const PROTO_TYPE = 'application/x-protobuf';

/** @typedef {typeof ZIPKIN_FORMATS[number]} ZipkinFormat */

export const ZIPKIN_FORMATS = [
  { name: 'Zipkin JSON', encode: encodeZipkinJson, type: JSON_TYPE, gzip: false },
  { name: 'Zipkin JSON, gzip', encode: encodeZipkinJson, type: JSON_TYPE, gzip: true },
  { name: 'Zipkin proto3', encode: encodeZipkinProto, type: PROTO_TYPE, gzip: false },
  { name: 'Zipkin proto3, gzip', encode: encodeZipkinProto, type: PROTO_TYPE, gzip: true },
];

/**
 * Sends the scenarios in every format to what has the API of a Zipkin server, and compares what it
 * answers.
 *
 * @param {import('./report.mjs').Report} report
 * @param {string} url of the server
 * @param {readonly ZipkinFormat[]} formats that it takes
 */
export async function checkZipkinApi(report, url, formats) {
  // Each in an hour of its own, so that the links of one are not those of all.
  let at = Math.floor(Date.now() / MINUTE) * MINUTE - 2 * MINUTE;
  for (const format of formats) {
    const { name } = format;
    at -= 60 * MINUTE;
    const recorded = scenarios.map((scenario) => record(scenario, at));
    await report.check(name, async () => {
      await sendZipkin(`${url}/api/v2/spans`, format, recorded);
      for (const one of recorded) await checkTrace(url, one);
    });
    await report.check(`${name}: dependency links`, () => checkLinks(url, recorded, at));
  }
  await report.check('names of services and spans', () => checkNames(url));
  await report.check('createZipkinTracer', () => checkTracer(url, 'json'));
  if (formats.some(({ type }) => type === PROTO_TYPE)) {
    await report.check('createZipkinTracer, proto3', () => checkTracer(url, 'proto3'));
  }
}

/**
 * Sends the spans of each service by themselves.
 *
 * @param {string} url
 * @param {ZipkinFormat} format
 * @param {readonly Recorded[]} recorded
 */
export async function sendZipkin(url, { encode, type, gzip }, recorded) {
  for (const [serviceName, spans] of byService(recorded)) {
    await posting(url, gzip)(encode(spans, { serviceName }), type);
  }
}

/**
 * @param {string} url
 * @param {Recorded} recorded
 */
async function checkTrace(url, recorded) {
  const answer = await eventually(
    () => getJson(`${url}/api/v2/trace/${recorded.traceId}`),
    ({ length }) => length === recorded.spans.length,
  );
  compareTraces(answer, expectedTrace(recorded));
}

/**
 * @param {string} url
 * @param {readonly Recorded[]} recorded
 * @param {number} at
 */
async function checkLinks(url, recorded, at) {
  const query = `endTs=${at + MINUTE}&lookback=${2 * MINUTE}`;
  const links = await getJson(`${url}/api/v2/dependencies?${query}`);
  deepStrictEqual(
    sortedLinks(links),
    sortedLinks(recorded.flatMap(({ scenario }) => scenario.links)),
  );
}

/**
 * The tracer as programs make it: batches, compression, connections that are kept alive.
 *
 * @param {string} url
 * @param {'json' | 'proto3'} encoding
 */
async function checkTracer(url, encoding) {
  /** @type {string[]} */
  const errors = [];
  const tracer = createZipkinTracer({
    serviceName: 'batches',
    encoding,
    url: `${url}/api/v2/spans`,
    maxBatchSize: 50,
    onError: ({ message }) => errors.push(message),
  });
  const ids = Array.from({ length: TRACES_IN_BATCHES }, () =>
    tracer.withActiveSpan('outer', (span) => {
      tracer.startSpan('inner', { tags: { 'span.kind': 'client' } }).finish();
      return span.context().toTraceId();
    }),
  );
  await tracer.close();
  deepStrictEqual(errors, []);
  for (const id of ids) {
    const isComplete = (/** @type {unknown[]} */ { length }) => length === 2;
    const spans = await eventually(() => getJson(`${url}/api/v2/trace/${id}`), isComplete);
    deepStrictEqual(spans.length, 2);
  }
}

/** @param {{ parent: string, child: string }[]} links */
function sortedLinks(links) {
  return [...links].sort((a, b) => (`${a.parent} ${a.child}` < `${b.parent} ${b.child}` ? -1 : 1));
}

/** @param {string} url */
async function checkNames(url) {
  const steps = scenarios.flatMap((scenario) => scenario.steps);
  const serviceOf = (/** @type {typeof steps[number]} */ { service, zipkin }) =>
    zipkin.service ?? service;
  const services = [...new Set(steps.map(serviceOf))].sort();
  const known = await getJson(`${url}/api/v2/services`);
  deepStrictEqual(
    known.filter((/** @type {string} */ service) => services.includes(service)),
    services,
  );
  for (const service of services) {
    const query = `serviceName=${encodeURIComponent(service)}`;
    const own = steps.filter((step) => serviceOf(step) === service);
    deepStrictEqual(
      await getJson(`${url}/api/v2/spans?${query}`),
      [...new Set(own.map(({ name, zipkin }) => zipkin.name ?? name))].sort(),
    );
    deepStrictEqual(
      await getJson(`${url}/api/v2/remoteServices?${query}`),
      [
        ...new Set(
          own.flatMap(({ zipkin }) => String(zipkin.remoteEndpoint?.serviceName ?? '') || []),
        ),
      ].sort(),
    );
  }
}
