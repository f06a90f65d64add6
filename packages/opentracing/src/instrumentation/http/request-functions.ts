import http, { type ClientRequest } from 'node:http';
import https from 'node:https';
import { syncBuiltinESMExports } from 'node:module';

// biome-ignore lint/suspicious/noExplicitAny: the overloads of request and get are the runtime's business
type RequestFunction = (...args: any[]) => ClientRequest;

/**
 * Replaces `request` and `get` of `node:http` and `node:https`, for runtimes without a channel for new
 * requests.
 *
 * @param onCreated - gets each request before anything of it is sent
 * @returns puts the original functions back
 * @internal
 */
export function wrapRequestFunctions(onCreated: (request: ClientRequest) => void): () => void {
  const restoreHttp = wrapModule(http, onCreated);
  const restoreHttps = wrapModule(https, onCreated);
  syncBuiltinESMExports();
  return () => {
    restoreHttp();
    restoreHttps();
    syncBuiltinESMExports();
  };
}

function wrapModule(
  module: { request: RequestFunction; get: RequestFunction },
  onCreated: (request: ClientRequest) => void,
): () => void {
  const original = { request: module.request, get: module.get };
  let isInstalled = true;

  function request(this: unknown, ...args: unknown[]): ClientRequest {
    const created = Reflect.apply(original.request, this, args);
    if (isInstalled) {
      onCreated(created);
    }
    return created;
  }
  // The original ends the request before it returns it, when it is too late for more headers.
  function get(this: unknown, ...args: unknown[]): ClientRequest {
    const created = Reflect.apply(module.request, this, args);
    created.end();
    return created;
  }
  module.request = request;
  module.get = get;

  return () => {
    isInstalled = false;
    if (module.request === request) {
      module.request = original.request;
    }
    if (module.get === get) {
      module.get = original.get;
    }
  };
}
