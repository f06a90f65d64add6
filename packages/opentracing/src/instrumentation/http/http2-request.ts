import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/**
 * A request of HTTP/2 as the rules of `instrumentHttp2` see it: what both ways to handle one, the event
 * 'request' and the event 'stream', have in common.
 */
export class Http2Request {
  /** The stream, which carries the response too. */
  readonly stream: ServerHttp2Stream;
  /** With the pseudo-headers, such as `:path`. */
  readonly headers: IncomingHttpHeaders;

  /** @internal */
  constructor(stream: ServerHttp2Stream, headers: IncomingHttpHeaders) {
    this.stream = stream;
    this.headers = headers;
  }

  /** Such as `GET`. */
  get method(): string {
    return this.headers[':method'] ?? 'HTTP';
  }

  /** The path with its query. */
  get url(): string {
    return this.headers[':path'] ?? '';
  }

  /** The connection, which other requests share; `null` where it is gone. */
  get socket(): Socket | null {
    const { session } = this.stream;
    return session === undefined || session.destroyed ? null : (session.socket as Socket);
  }
}

/** The response to a {@link Http2Request}. */
export class Http2Response {
  /** The stream, which carried the request too. */
  readonly stream: ServerHttp2Stream;

  /** @internal */
  constructor(stream: ServerHttp2Stream) {
    this.stream = stream;
  }

  /** Whether there is a status. */
  get headersSent(): boolean {
    return this.stream.headersSent;
  }

  /** The status; 0 before there is one. */
  get statusCode(): number {
    return Number(this.getHeaders()[':status'] ?? 0);
  }

  /** The headers that were sent, with the pseudo-headers. */
  getHeaders(): OutgoingHttpHeaders {
    return this.stream.sentHeaders ?? {};
  }
}
