import { MAX_ANSWER_BYTES, unreachable } from './http-answer.js';
import type { HttpPost, HttpTarget } from './http-post.js';

/**
 * What may be on its way at once of the requests that outlive their page is 64 KiB: beyond that a
 * browser refuses them.
 *
 * Source: Fetch, section 4.6, "HTTP-network-or-cache fetch".
 */
const MAX_KEEPALIVE_BYTES = 60_000;

/** Requests over `fetch`; in a browser one that is small enough outlives its page. */
export function fetchPost({ url, timeoutMs }: HttpTarget): HttpPost {
  return async (body, headers) => {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        keepalive: body.byteLength <= MAX_KEEPALIVE_BYTES,
        // Followed, a POST becomes a GET, which the page of a login answers with 200.
        redirect: 'manual',
        signal,
      });
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        location: response.headers.get('location'),
        body: await beginningOf(response),
      };
    } catch (error) {
      throw unreachable(
        url,
        signal.aborted ? `no answer in ${timeoutMs} ms` : reasonOf(error),
        error,
      );
    }
  };
}

/** What can be read of the body. The status decides: what is lost is no reason to send spans again. */
async function beginningOf(response: Response): Promise<Uint8Array> {
  const bytes = new Uint8Array(MAX_ANSWER_BYTES);
  let size = 0;
  const reader = response.body?.getReader();
  try {
    while (reader !== undefined && size < MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read();
      if (done) {
        break;
      }
      bytes.set(value.subarray(0, MAX_ANSWER_BYTES - size), size);
      size += value.byteLength;
    }
    await reader?.cancel();
  } catch {}
  return bytes.slice(0, size);
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : String(error);
}
