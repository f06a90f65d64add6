import type * as nodeHttp from 'node:http';
import type * as nodeHttps from 'node:https';
import { MAX_ANSWER_BYTES, unreachable } from './http-answer.js';
import type { HttpPost, HttpTarget, LastRequest } from './http-post.js';
import { sendAndWait } from './send-and-wait.js';

/** The module of Node that speaks the protocol of the URL, where there is one. */
export function nodeHttpFor(url: URL): typeof nodeHttp | typeof nodeHttps | undefined {
  const runtime = (globalThis as { process?: Partial<Pick<NodeJS.Process, 'getBuiltinModule'>> })
    .process;
  return runtime?.getBuiltinModule?.(url.protocol === 'https:' ? 'node:https' : 'node:http') as
    | typeof nodeHttp
    | typeof nodeHttps
    | undefined;
}

/**
 * Requests over Node's module: one connection, which is kept alive and keeps no program running.
 *
 * A server may close a connection that it kept alive in the moment in which the next request goes out.
 * Then the request is made once more, over a new connection, at once: Node leaves that to its caller.
 * If the server had taken the request all the same it gets the spans twice, as it would from a later
 * try, and knows them by their ids.
 */
export function nodePost(
  http: typeof nodeHttp | typeof nodeHttps,
  { url, timeoutMs }: HttpTarget,
): HttpPost {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

  const post: HttpPost = (body, headers) =>
    new Promise((resolve, reject) => {
      const signal = AbortSignal.timeout(timeoutMs);
      const request = http.request(url, {
        method: 'POST',
        agent: agent as nodeHttp.Agent,
        headers: { ...headers, 'content-length': body.byteLength },
        signal,
      });
      let settle: (() => void) | null = null;
      request.on('socket', (socket) => socket.unref());
      request.on('response', (response) => {
        const parts: Buffer[] = [];
        let size = 0;
        // The status decides: what is lost of the body is no reason to send the spans again.
        settle = () => {
          resolve({
            status: response.statusCode ?? 0,
            retryAfter: response.headers['retry-after'] ?? null,
            location: response.headers.location ?? null,
            body: Buffer.concat(parts).subarray(0, MAX_ANSWER_BYTES),
          });
          // An answer before the end of the request: the connection can serve no other.
          if (!request.writableFinished) {
            request.destroy();
          }
        };
        response.on('data', (part: Buffer) => {
          parts.push(part);
          size += part.byteLength;
          if (size >= MAX_ANSWER_BYTES) {
            settle?.();
            request.destroy();
          }
        });
        response.on('end', settle);
        response.on('error', settle);
      });
      request.on('error', (error: NodeJS.ErrnoException) => {
        if (settle !== null) {
          settle();
        } else if (request.reusedSocket && isReset(error)) {
          post(body, headers).then(resolve, reject);
        } else {
          const lateMs = signal.aborted ? timeoutMs : undefined;
          reject(unreachable(url, reasonOf(error), error, lateMs));
        }
      });
      request.end(body);
    });

  return Object.assign(post, {
    last: (requests: readonly LastRequest[], deadlineMs: number) =>
      sendAndWait(url.href, requests, Math.min(deadlineMs, timeoutMs)),
    close: () => agent.destroy(),
  });
}

function isReset({ code }: NodeJS.ErrnoException): boolean {
  return code === 'ECONNRESET' || code === 'EPIPE';
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.message.includes('wrong version number')) {
    return 'it does not speak TLS there; is http: meant rather than https:?';
  }
  return error.code?.startsWith('HPE_')
    ? `its answer is not HTTP: ${error.message}`
    : error.message || error.code || error.name;
}
