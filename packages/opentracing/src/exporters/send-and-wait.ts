import type * as workerThreads from 'node:worker_threads';
import type { LastOutcome, LastRequest } from './http-post.js';

// A worker of its own has an event loop that runs while this thread waits. It is text because a
// worker's file has one path in the ESM build and another in the CommonJS build.
const SENDER = `
const { workerData: { url, requests, state, said } } = require('node:worker_threads');
const { Agent, request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
const ACCEPTED = 0, IS_OVER = 1, LENGTH = 2;
let isOver = false;
const finish = (failure) => {
  if (isOver) return;
  isOver = true;
  if (failure) Atomics.store(state, LENGTH, Buffer.from(JSON.stringify(failure)).copy(said));
  Atomics.store(state, IS_OVER, 1);
  Atomics.notify(state, IS_OVER);
};
const fail = ({ message, code, name }) => finish({ why: (message || code || name).slice(0, 500) });
const agent = new Agent({ keepAlive: true });
const send = (index) => {
  if (index === requests.length) return finish();
  const { body, headers } = requests[index];
  const options = { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } };
  request(url, options, (response) => {
    const { statusCode: status, headers: { location = null } } = response;
    if (status < 200 || status > 299) {
      const refuse = (reason) => finish({ status, location: location?.slice(0, 500), reason });
      response.on('data', (part) => refuse(part.toString('utf8', 0, 800)));
      response.on('end', () => refuse('')).on('error', () => refuse(''));
      return;
    }
    Atomics.add(state, ACCEPTED, 1);
    response.resume();
    response.on('error', fail);
    response.on('end', () => send(index + 1));
  }).on('error', fail).end(body);
};
send(0);
`;
const ACCEPTED = 0;
const IS_OVER = 1;
const LENGTH = 2;
/** More than the sender says, with all of it escaped in JSON. */
const MAX_SAID_BYTES = 16_384;

/** What the sender says of the request that was not accepted. */
type Said = { why: string } | { status: number; location: string | null; reason: string };

/**
 * Makes POST requests, one after the other, and blocks this thread meanwhile: for the moment at which a
 * process ends and its event loop does not turn any more. On Node alone.
 *
 * @internal
 */
export function sendAndWait(
  url: string,
  requests: readonly LastRequest[],
  deadlineMs: number,
): LastOutcome {
  const { Worker } = process.getBuiltinModule('node:worker_threads') as typeof workerThreads;
  const state = new Int32Array(new SharedArrayBuffer(12));
  const said = new Uint8Array(new SharedArrayBuffer(MAX_SAID_BYTES));
  const { NODE_TLS_REJECT_UNAUTHORIZED } = process.env;
  // Without the other options and variables of this process, so that the worker is not traced itself.
  // Certificates that it names, as NODE_EXTRA_CA_CERTS does, are those of all its threads.
  const worker = new Worker(SENDER, {
    eval: true,
    execArgv: [],
    env: NODE_TLS_REJECT_UNAUTHORIZED === undefined ? {} : { NODE_TLS_REJECT_UNAUTHORIZED },
    workerData: { url, requests, state, said },
  });
  worker.unref();
  // Here an error event would come too late to matter, and unheard it would be thrown.
  worker.on('error', () => {});
  Atomics.wait(state, IS_OVER, 0, deadlineMs);
  const isOver = Atomics.load(state, IS_OVER) === 1;
  const count = Atomics.load(state, ACCEPTED);
  if (!isOver) {
    return {
      count,
      why: `no answer in ${deadlineMs} ms; is it slow, or exitDeadlineMs too short?`,
    };
  }
  const length = Atomics.load(state, LENGTH);
  return length === 0 ? { count } : { count, ...outcomeOf(said.slice(0, length)) };
}

function outcomeOf(bytes: Uint8Array): Omit<LastOutcome, 'count'> {
  const said: Said = JSON.parse(new TextDecoder().decode(bytes));
  if ('why' in said) {
    return said;
  }
  const { status, location, reason } = said;
  return {
    answer: { status, location, retryAfter: null, body: new TextEncoder().encode(reason) },
  };
}
