import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Tracer } from '../../tracer.js';
import type { Guard } from '../guard.js';
import { overrideEmit } from '../override-emit.js';
import { OutboundRequest } from './outbound-request.js';
import { wrapRequestFunctions } from './request-functions.js';

const REQUEST_CREATED = 'http.client.request.created';

/**
 * Traces the requests that the program makes with `node:http` and `node:https`.
 *
 * @returns stops doing so
 * @internal
 */
export function instrumentClient(tracer: () => Tracer, guard: Guard): () => void {
  const onCreated = guard((request: ClientRequest) => {
    const outbound = OutboundRequest.start(tracer(), request);
    if (outbound !== null) {
      observe(request, outbound, guard);
    }
  });
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

function observe(request: ClientRequest, outbound: OutboundRequest, guard: Guard): void {
  const onRequestEvent = guard((event: string | symbol, argument: unknown) => {
    switch (event) {
      case 'response':
        outbound.onResponse(argument as IncomingMessage);
        overrideEmit(argument as IncomingMessage, (emit) => {
          return function (responseEvent, ...args) {
            if (responseEvent === 'end') {
              onEnd();
            }
            return Reflect.apply(emit, this, [responseEvent, ...args]);
          };
        });
        break;
      case 'upgrade':
      case 'connect':
        outbound.onResponse(argument as IncomingMessage);
        outbound.finish();
        break;
      case 'timeout':
        outbound.onTimeout();
        break;
      case 'error':
        outbound.onError(argument);
        break;
      case 'close':
        outbound.onClose();
        break;
    }
  });
  const onEnd = guard(() => outbound.finish());
  overrideEmit(request, (emit) => {
    return function (event, ...args) {
      onRequestEvent(event, args[0]);
      return Reflect.apply(emit, this, [event, ...args]);
    };
  });
}
