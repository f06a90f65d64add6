import { deepStrictEqual } from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { differences } from './differences.mjs';
import { protos } from './odd-proto.mjs';
import { others, searches } from './odd-queries.mjs';
import { pieces, posts } from './odd-spans.mjs';

const TIMEOUT_MS = 20_000;
const PAUSE_MS = 50;

/** @typedef {{ status: number, type: string, text: string, json: any }} Answer */

/**
 * Gives two servers the same spans, and has them take, refuse and answer alike.
 *
 * @param {import('./report.mjs').Report} report
 * @param {string} zipkin address of the server
 * @param {string} viewer address of ours
 */
export async function checkSameAnswers(report, zipkin, viewer) {
  const both = { zipkin, viewer };
  await report.check('the same requests taken and refused', async () => {
    for (const post of [...posts, ...protos]) await checkPost(both, post);
  });
  await report.check('the same traces, as our viewer gives them', async () => {
    const ids = [...idsOf(posts), ...protos.map(({ traceId }) => traceId)];
    for (const id of ids) await checkTrace(both, id);
  });
  await report.check('the same searches, with the same results', async () => {
    for (const path of searches) await checkAnswers(both, path);
  });
  await report.check('the same lists, links and refusals', async () => {
    for (const path of others) await checkAnswers(both, path);
  });
  await report.check('the same links of spans in pieces', async () => {
    for (const post of pieces) await checkPost(both, post);
    for (const id of idsOf(pieces)) await checkPieces(both, id);
    for (const path of others.filter((each) => each.includes('/dependencies?'))) {
      await checkAnswers(both, path);
    }
  });
  await report.check('our viewer differs only on purpose', async () => {
    for (const difference of differences) await checkDifference(both, difference);
  });
}

/** @typedef {{ zipkin: string, viewer: string }} Both addresses */

/** @param {Both} both @param {import('./odd-spans.mjs').Post} post */
async function checkPost({ zipkin, viewer }, post) {
  const [theirs, ours] = [await send(zipkin, post), await send(viewer, post)];
  deepStrictEqual({ sent: post.name, ...kindOf(ours) }, { sent: post.name, ...kindOf(theirs) });
}

/** @param {Both} both @param {string} id */
async function checkTrace({ zipkin, viewer }, id) {
  const path = `/api/v2/trace/${id}`;
  const ours = await get(viewer + path);
  const theirs = await eventually(zipkin + path, ours);
  deepStrictEqual({ path, ...comparable(ours) }, { path, ...comparable(theirs) });
}

/** @param {Both} both @param {string} path */
async function checkAnswers({ zipkin, viewer }, path) {
  const [theirs, ours] = [await get(zipkin + path), await get(viewer + path)];
  deepStrictEqual({ path, ...comparable(ours) }, { path, ...comparable(theirs) });
}

/**
 * Zipkin answers a trace as it came and leaves it to its page to make one span of the pieces; ours does that
 * for whoever asks. A span is told by its id and whether it is shared, which has to be the same in the end.
 *
 * @param {Both} both
 * @param {string} id
 */
async function checkPieces({ zipkin, viewer }, id) {
  const path = `/api/v2/trace/${id}`;
  const ours = await get(viewer + path);
  const halves = new Set(ours.json.map(halfOf));
  deepStrictEqual(ours.json.length, halves.size, `${path} has a span twice`);
  const theirs = await eventually(zipkin + path, ours);
  for (const piece of theirs.json) {
    const whole = ours.json.find((/** @type {any} */ span) => halfOf(span).startsWith(piece.id));
    deepStrictEqual(whole?.traceId, piece.traceId);
  }
}

/** @param {{ id: string, kind?: string }} span */
function halfOf({ id, kind }) {
  return `${id} ${kind}`;
}

/** @param {Both} both @param {import('./differences.mjs').Difference} difference */
async function checkDifference({ zipkin, viewer }, { reason, post, path, ...expected }) {
  const ask = async (/** @type {string} */ url) => {
    const answer = post === undefined ? undefined : await send(url, post);
    return answer === undefined || path !== undefined ? get(url + path) : answer;
  };
  const found = { viewer: brief(await ask(viewer)), zipkin: brief(await ask(zipkin)) };
  deepStrictEqual({ reason, ...found }, { reason, ...expected });
}

/** @param {Answer} answer */
function brief({ status, json }) {
  return Array.isArray(json) ? `${status}: ${json.length}` : `${status}`;
}

/** @param {readonly import('./odd-spans.mjs').Post[]} sent */
function idsOf(sent) {
  const ids = new Set();
  for (const { body } of sent) {
    if (typeof body !== 'string' || !body.startsWith('[{')) continue;
    for (const { traceId } of parsed(body) ?? []) ids.add(encodeURIComponent(traceId));
  }
  ids.delete('');
  return ids;
}

/** @param {string} url @param {import('./odd-spans.mjs').Post} post */
async function send(url, { body, headers }) {
  const init = { method: 'POST', body, headers, signal: AbortSignal.timeout(TIMEOUT_MS) };
  return read(await fetch(`${url}/api/v2/spans`, init));
}

/** @param {string} url */
async function get(url) {
  return read(await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }));
}

/** @param {Response} response @returns {Promise<Answer>} */
async function read(response) {
  const text = await response.text();
  const type = response.headers.get('content-type') ?? '';
  return { status: response.status, type, text, json: parsed(text) };
}

/**
 * What `url` answers once it has as many items as `other`, or answered last: Zipkin stores what it took a
 * moment later.
 *
 * @param {string} url
 * @param {Answer} other
 */
async function eventually(url, other) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const answer = await get(url);
    const isThere = answer.status === other.status && !(answer.json?.length < other.json?.length);
    if (isThere || Date.now() > deadline) return answer;
    await delay(PAUSE_MS);
  }
}

/** @param {string} text @returns {any} */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The sentences of refusals are each server's own. @param {Answer} answer */
function kindOf({ status, type, text }) {
  const kind = type.includes('json') ? 'JSON' : text === '' ? 'nothing' : 'text';
  return { status, kind };
}

/** @param {Answer} answer */
function comparable(answer) {
  const { json } = answer;
  return { ...kindOf(answer), json: Array.isArray(json) ? sorted(json) : undefined };
}

/**
 * Spans and links have no order; names and traces do.
 *
 * @param {any[]} items
 * @returns {any[]}
 */
function sorted(items) {
  const inner = items.map((item) => (Array.isArray(item) ? sorted(item) : item));
  const isOrdered = inner.every((item) => typeof item === 'string' || Array.isArray(item));
  return isOrdered ? inner : inner.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
}

/** @param {Record<string, unknown>} item a span or a link */
function keyOf({ id, kind, shared, timestamp, parent, child }) {
  return [id, kind, shared, timestamp, parent, child].join();
}
