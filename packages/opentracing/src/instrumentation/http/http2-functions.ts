import type { EventEmitter } from 'node:events';
import type * as Http2 from 'node:http2';
import type { ClientHttp2Session } from 'node:http2';
import { syncBuiltinESMExports } from 'node:module';

// biome-ignore lint/suspicious/noExplicitAny: the overloads of the functions are the runtime's business
type AnyFunction = (...args: any[]) => any;

/**
 * Replaces `connect` of `node:http2`, as nothing that the runtime publishes lets headers be added.
 *
 * @param onSession - gets each new session, and the origin that it connects to
 * @returns puts the original function back
 * @internal
 */
export function wrapConnect(
  onSession: (session: ClientHttp2Session, origin: string) => void,
): () => void {
  return wrap('connect', (session, authority) => onSession(session, originOf(authority)));
}

/** @internal The same for `createServer` and `createSecureServer`, for runtimes without a channel. */
export function wrapCreateServer(onServer: (server: EventEmitter) => void): () => void {
  const restore = [wrap('createServer', onServer), wrap('createSecureServer', onServer)];
  return () => {
    for (const each of restore) {
      each();
    }
  };
}

function wrap(
  name: 'connect' | 'createServer' | 'createSecureServer',
  onCreated: AnyFunction,
): () => void {
  // Loaded now rather than imported: it takes some milliseconds, which programs without HTTP/2 save.
  const http2: Record<typeof name, AnyFunction> = process.getBuiltinModule(
    'node:http2',
  ) as typeof Http2;
  const original = http2[name];
  function replacement(this: unknown, ...args: unknown[]): unknown {
    const created = Reflect.apply(original, this, args);
    onCreated(created, args[0]);
    return created;
  }
  http2[name] = replacement;
  syncBuiltinESMExports();
  return () => {
    if (http2[name] === replacement) {
      http2[name] = original;
      syncBuiltinESMExports();
    }
  };
}

function originOf(authority: unknown): string {
  try {
    const { protocol, host } = new URL(String(authority));
    return `${protocol}//${host}`;
  } catch {
    return '';
  }
}
