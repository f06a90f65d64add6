/** What `context.text`, `context.json` and `context.html` make, whose bodies are there at once. */
const WHOLE = /^(?:text\/(?:plain|html)|application\/json)\b/i;

/**
 * Whether the body of a response may still be being made when the handler has returned it. Looking at the
 * body itself would make a stream of each.
 *
 * @internal
 */
export function isStreamed({ method }: Request, { headers, status }: Response): boolean {
  // Of these nobody reads the body.
  if (method === 'HEAD' || status === 101 || status === 204 || status === 304) {
    return false;
  }
  const isChunked = headers.has('transfer-encoding');
  return (
    !headers.has('content-length') && (isChunked || !WHOLE.test(headers.get('content-type') ?? ''))
  );
}

/** Told, once, of how the body of a response ended. */
export interface BodyListener {
  onEnd(): void;
  onError(error: unknown): void;
  /** Nobody wants the rest. */
  onCancel(): void;
}

/**
 * The same response, with a body that tells when it has been read. Nothing is held back or read ahead.
 *
 * @param run - runs what makes the body
 * @internal
 */
export function withBodyListener(
  response: Response,
  run: <R>(fn: () => R) => R,
  listener: BodyListener,
): Response {
  if (response.body === null) {
    listener.onEnd();
    return response;
  }
  const reader = response.body.getReader();
  const body = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await run(() => reader.read());
          if (done) {
            listener.onEnd();
            controller.close();
          } else {
            controller.enqueue(value);
          }
        } catch (error) {
          listener.onError(error);
          controller.error(error);
        }
      },
      cancel(reason) {
        listener.onCancel();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(body, response);
}
