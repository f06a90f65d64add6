import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';
import { type ClientTracing, observeClientRequest } from './observe-client-request.js';
import { wrapRequestFunctions } from './request-functions.js';

const REQUEST_CREATED = 'http.client.request.created';

/**
 * Traces the requests that the program makes with `node:http` and `node:https`.
 *
 * @returns stops doing so
 * @internal
 */
export function instrumentClient(tracing: ClientTracing): () => void {
  const onCreated = (request: ClientRequest) => observeClientRequest(tracing, request);
  if (!publishesCreatedRequests(process.versions.node)) {
    return wrapRequestFunctions(onCreated);
  }
  const onMessage = (message: unknown) =>
    onCreated((message as { request: ClientRequest }).request);
  subscribe(REQUEST_CREATED, onMessage);
  return () => unsubscribe(REQUEST_CREATED, onMessage);
}

/** Node has the channel from 22.12 on in its line 22, and from 23.2 on. */
function publishesCreatedRequests(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 23 || (major === 23 && minor >= 2) || (major === 22 && minor >= 12);
}
