// What sends spans to a server and asks it for traces, over a few connections that stay open.
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { SPANS_OF_TRACE, traceIdOf, tracesAsJson } from './spans.mjs';

const CONNECTIONS = 4;
const PAUSE_MS = 2;
const TIMEOUT_MS = 60_000;

const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

/**
 * @param {string} url
 * @param {Buffer} [body] - is posted as JSON
 * @returns {Promise<{ status: number, text: string }>}
 */
export function ask(url, body) {
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      agent,
      method: body === undefined ? 'GET' : 'POST',
      headers:
        body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': body.length },
    });
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (part) => {
          text += part;
        })
        .on('error', reject)
        .on('end', () => resolve({ status: Number(response.statusCode), text }));
    });
    sent.end(body);
  });
}

/**
 * Batches of whole traces.
 *
 * @param {number} first - the number of the first trace
 * @param {number} spans - of all batches
 * @param {number} size - spans of a batch
 */
export function* batches(first, spans, size) {
  const traces = size / SPANS_OF_TRACE;
  const end = first + spans / SPANS_OF_TRACE;
  for (let trace = first; trace < end; trace += traces) {
    yield tracesAsJson(trace, Math.min(traces, end - trace));
  }
}

/**
 * Posts the batches, over all connections, and waits until the spans are answered: what was accepted may
 * be stored later.
 *
 * @param {string} url
 * @param {Iterable<Buffer>} bodies
 * @param {number} last - the number of the last trace
 * @throws Error when one is not accepted, or not answered
 */
export async function sendAll(url, bodies, last) {
  const waiting = bodies[Symbol.iterator]();
  const sender = async () => {
    for (let next = waiting.next(); !next.done; next = waiting.next()) {
      const { status, text } = await ask(`${url}/api/v2/spans`, next.value);
      if (status !== 202) throw new Error(`A batch was answered with ${status}: ${text}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, sender));
  await untilAnswered(url, last);
}

/**
 * Sees to it that a sample of the traces is answered whole.
 *
 * @param {string} url
 * @param {number} traces - how many were sent
 */
export async function checkTraces(url, traces) {
  for (let trace = 0; trace < traces; trace += Math.ceil(traces / 100)) {
    await untilAnswered(url, trace);
  }
}

async function untilAnswered(url, trace) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    const { status, text } = await ask(`${url}/api/v2/trace/${traceIdOf(trace)}`);
    if (status === 200 && JSON.parse(text).length === SPANS_OF_TRACE) return;
    if (Date.now() > deadline) throw new Error(`Trace ${trace} was not answered: ${status}`);
    await delay(PAUSE_MS);
  }
}
