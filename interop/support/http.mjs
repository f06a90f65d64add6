import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';

const TIMEOUT_MS = 20_000;
const PAUSE_MS = 50;

/**
 * A transport to `url`, with or without compression whatever the size.
 *
 * @param {string} url
 * @param {boolean} gzip
 * @returns {import('opentracing-ts/exporters').Transport}
 */
export function posting(url, gzip) {
  return async (body, contentType) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': contentType, ...(gzip && { 'content-encoding': 'gzip' }) },
      body: gzip ? gzipSync(body) : Buffer.from(body),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const answer = Buffer.from(await response.arrayBuffer());
    if (!response.ok) throw new Error(`${url} answered with ${response.status}: ${answer}`);
    return answer;
  };
}

/**
 * The answer to a GET request, from JSON.
 *
 * @param {string} url
 * @returns {Promise<any>}
 */
export async function getJson(url) {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${url} answered with ${response.status}: ${text}`);
  return JSON.parse(text);
}

/**
 * What `ask` answers once it is as `expected`, or what it answered last: collectors store what they
 * took a moment later.
 *
 * @template R
 * @param {() => Promise<R>} ask
 * @param {(answer: R) => boolean} isComplete
 * @returns {Promise<R>}
 */
export async function eventually(ask, isComplete) {
  const deadline = Date.now() + TIMEOUT_MS;
  for (;;) {
    try {
      const answer = await ask();
      if (isComplete(answer) || Date.now() > deadline) return answer;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(PAUSE_MS);
  }
}

/**
 * Serves requests on a free port of the loopback while `use` runs.
 *
 * @template R
 * @param {(request: import('node:http').IncomingMessage, body: Buffer)
 *   => unknown} answer what is answered, as JSON
 * @param {(url: string) => Promise<R>} use
 * @returns {Promise<R>}
 */
export async function serving(answer, use) {
  const server = createServer(async (request, response) => {
    const body = await readAll(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(await answer(request, body)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  try {
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** @param {AsyncIterable<Uint8Array>} stream */
async function readAll(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}
