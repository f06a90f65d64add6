import { Worker } from 'node:worker_threads';

// A worker of its own has an event loop that runs while this thread waits. It is text because a
// worker's file has one path in the ESM build and another in the CommonJS build.
const SENDER = `
const { workerData: { url, bodies, contentType, state } } = require('node:worker_threads');
const { request } = require(url.startsWith('https:') ? 'node:https' : 'node:http');
const SENT = 1, FAILED = 2;
const finish = (outcome) => { Atomics.store(state, 0, outcome); Atomics.notify(state, 0); };
const send = (index) => {
  if (index === bodies.length) return finish(SENT);
  const headers = { b3: '0', 'content-type': contentType, 'content-length': bodies[index].length };
  request(url, { method: 'POST', headers }, (response) => {
    response.resume();
    response.on('error', () => finish(FAILED));
    response.on('end', () => response.statusCode < 300 ? send(index + 1) : finish(FAILED));
  }).on('error', () => finish(FAILED)).end(bodies[index]);
};
send(0);
`;
const SENT = 1;

/**
 * Sends bodies by POST requests, one after the other, and blocks this thread meanwhile: for the moment
 * at which a process ends and its event loop does not turn any more.
 *
 * @returns whether all were accepted before the deadline
 * @internal
 */
export function sendAndWait(
  url: string,
  contentType: string,
  bodies: readonly Uint8Array[],
  deadlineMs: number,
): boolean {
  const state = new Int32Array(new SharedArrayBuffer(4));
  // Without this process's options and environment, so that the worker is not traced itself.
  const worker = new Worker(SENDER, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { url, contentType, bodies, state },
  });
  worker.unref();
  // Here an error event would come too late to matter, and unheard it would be thrown.
  worker.on('error', () => {});
  Atomics.wait(state, 0, 0, deadlineMs);
  return Atomics.load(state, 0) === SENT;
}
