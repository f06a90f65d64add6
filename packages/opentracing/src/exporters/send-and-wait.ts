import type * as workerThreads from 'node:worker_threads';
import type { LastRequest } from './http-post.js';

// A worker of its own has an event loop that runs while this thread waits. It is text because a
// worker's file has one path in the ESM build and another in the CommonJS build.
const SENDER = `
const { workerData: { url, requests, state } } = require('node:worker_threads');
const { Agent, request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
const ACCEPTED = 0, IS_OVER = 1;
const finish = () => { Atomics.store(state, IS_OVER, 1); Atomics.notify(state, IS_OVER); };
const agent = new Agent({ keepAlive: true });
const send = (index) => {
  if (index === requests.length) return finish();
  const { body, headers } = requests[index];
  const options = { method: 'POST', agent, headers: { ...headers, 'content-length': body.length } };
  request(url, options, (response) => {
    if (response.statusCode < 200 || response.statusCode > 299) return finish();
    Atomics.add(state, ACCEPTED, 1);
    response.resume();
    response.on('error', finish);
    response.on('end', () => send(index + 1));
  }).on('error', finish).end(body);
};
send(0);
`;
const ACCEPTED = 0;
const IS_OVER = 1;

/**
 * Makes POST requests, one after the other, and blocks this thread meanwhile: for the moment at which a
 * process ends and its event loop does not turn any more. On Node alone.
 *
 * @returns how many of them, from the first on, were accepted before the deadline
 * @internal
 */
export function sendAndWait(
  url: string,
  requests: readonly LastRequest[],
  deadlineMs: number,
): number {
  const { Worker } = process.getBuiltinModule('node:worker_threads') as typeof workerThreads;
  const state = new Int32Array(new SharedArrayBuffer(8));
  // Without this process's options and environment, so that the worker is not traced itself.
  const worker = new Worker(SENDER, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { url, requests, state },
  });
  worker.unref();
  // Here an error event would come too late to matter, and unheard it would be thrown.
  worker.on('error', () => {});
  Atomics.wait(state, IS_OVER, 0, deadlineMs);
  return Atomics.load(state, ACCEPTED);
}
