import { isOfPage } from '../page-origin.js';
import { untraced } from '../untraced-request.js';
import { MAX_ANSWER_BYTES, unreachable } from './http-answer.js';
import type { HttpPost, HttpTarget, LastRequest } from './http-post.js';

/**
 * What may be on its way at once of the requests that outlive their page is 64 KiB: beyond that a
 * browser refuses them.
 *
 * Source: Fetch, section 4.6, "HTTP-network-or-cache fetch".
 */
const MAX_KEEPALIVE_BYTES = 60_000;

interface Beacons {
  navigator?: { sendBeacon?(url: string, data: Blob): boolean };
}

/**
 * Requests over `fetch`. In a browser one that is small enough outlives its page, and the last ones of a
 * page are beacons, where they need no header and nothing has to be allowed first.
 */
export function fetchPost({ url, timeoutMs, takesPlainText }: HttpTarget): HttpPost {
  let outliving = 0;

  /** A type for which the browser need not ask first, nor allow the cookies that beacons carry. */
  const simpleType = (type: string) =>
    takesPlainText && type === 'application/json' ? 'text/plain' : null;

  const post: HttpPost = async (body, headers) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const size = body.byteLength;
    const keepalive = outliving + size <= MAX_KEEPALIVE_BYTES;
    outliving += keepalive ? size : 0;
    try {
      const init = untraced({
        method: 'POST',
        headers,
        body: body as Uint8Array<ArrayBuffer>,
        keepalive,
        // Followed, a POST becomes a GET, which the page of a login answers with 200.
        redirect: 'manual' as const,
        signal,
      });
      const response = await fetch(url, init);
      return {
        status: response.status,
        retryAfter: response.headers.get('retry-after'),
        location: response.headers.get('location'),
        body: await beginningOf(response),
      };
    } catch (error) {
      throw unreachable(url, reasonOf(error), error, signal.aborted ? timeoutMs : undefined);
    } finally {
      outliving -= keepalive ? size : 0;
    }
  };

  /** Whether the browser has taken the request. */
  function leave({ body, headers }: LastRequest): boolean {
    const { 'content-type': type = '', b3, ...others } = headers;
    const { navigator } = globalThis as Beacons;
    const beaconType = isOfPage(url) ? type : simpleType(type);
    if (navigator?.sendBeacon && beaconType !== null && Object.keys(others).length === 0) {
      const data = new Blob([body as Uint8Array<ArrayBuffer>], { type: beaconType });
      return navigator.sendBeacon(url.href, data);
    }
    if (outliving + body.byteLength > MAX_KEEPALIVE_BYTES) {
      return false;
    }
    post(body, headers).catch(() => {});
    return true;
  }

  return Object.assign(post, {
    last(requests: readonly LastRequest[]) {
      const refused = requests.findIndex((request) => !leave(request));
      return { count: refused < 0 ? requests.length : refused };
    },
  });
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
