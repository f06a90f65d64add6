import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';
import type { Tracer } from '../../tracer.js';
import type { Guard } from '../guard.js';
import { type EmitArguments, overrideEmit } from '../override-emit.js';
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
  const hook = requestHook(guard);
  const onCreated = guard((request: ClientRequest) => {
    const outbound = OutboundRequest.start(tracer(), request);
    if (outbound !== null) {
      observe(request, outbound, hook);
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

/** Told of the events of a request; one function for all of them, since making functions costs. */
type RequestHook = (outbound: OutboundRequest, args: EmitArguments) => void;

function requestHook(guard: Guard): RequestHook {
  const onEnd = guard((outbound: OutboundRequest) => outbound.finish());
  const onResponse = (outbound: OutboundRequest, response: IncomingMessage) => {
    outbound.onResponse(response);
    overrideEmit(response, (emit) => {
      return function (...args) {
        if (args[0] === 'end') {
          onEnd(outbound);
        }
        return Reflect.apply(emit, this, args);
      };
    });
  };
  return guard((outbound: OutboundRequest, [event, argument]: EmitArguments) => {
    switch (event) {
      case 'response':
        onResponse(outbound, argument as IncomingMessage);
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
}

function observe(request: ClientRequest, outbound: OutboundRequest, hook: RequestHook): void {
  overrideEmit(request, (emit) => {
    return function (...args) {
      hook(outbound, args);
      return Reflect.apply(emit, this, args);
    };
  });
}
