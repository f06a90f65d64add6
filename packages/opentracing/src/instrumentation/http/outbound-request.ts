import {
  type ClientRequest,
  type IncomingMessage,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';
import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { isSuppressed, peerAt, tagPeer } from '../http-tags.js';
import { urlTag } from '../url-tag.js';
import { peerOf } from './socket-peer.js';

const LINE_END = '\r\n';

/** The parts of a request that the runtime keeps but its types do not name. */
interface RequestParts {
  /**
   * The request line and the headers as they will be sent. Rendered at once when the program gives the
   * headers as an array or expects a "100 Continue", else with the first part of the body.
   */
  _header?: string | null;
  /** What waits for a connection; begins with the rendered headers when a "100 Continue" is expected. */
  outputData?: { data: unknown }[];
  socketPath?: string | null;
}

/**
 * One request that this program makes, and its span.
 *
 * @internal
 */
export class OutboundRequest {
  span: Span;
  response: IncomingMessage | null = null;
  isFinished = false;

  constructor(span: Span) {
    this.span = span;
  }

  /**
   * Starts the span of a request of which nothing has been sent, and writes the headers for the other
   * side into it.
   *
   * @returns `null` when the request is not to be traced
   */
  static start(tracer: Tracer, request: ClientRequest): OutboundRequest | null {
    if (isSuppressed(headerOf(request, 'b3'))) {
      return null;
    }
    const { socketPath } = request as RequestParts;
    const host = headerOf(request, 'host') ?? request.host;
    const span = tracer.startSpan(request.method, {
      tags: {
        [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT,
        [Tags.COMPONENT]: 'http',
        [Tags.HTTP_METHOD]: request.method,
        [Tags.HTTP_URL]: urlTag(`${request.protocol}//${host}`, request.path),
        [socketPath ? Tags.PEER_ADDRESS : Tags.PEER_HOSTNAME]: socketPath || request.host,
      },
    });
    const headers: Record<string, string> = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    setHeaders(request, headers);
    return new OutboundRequest(span);
  }

  onResponse(response: IncomingMessage): void {
    const { socket, statusCode = 0 } = response;
    this.response = response;
    this.span.setTag(Tags.HTTP_STATUS_CODE, statusCode);
    if (socket) {
      tagPeer(this.span, peerOf(socket));
    }
    if (statusCode >= 400) {
      this.span.setTag(Tags.ERROR, true);
    }
  }

  onTimeout(): void {
    this.span.log({ [Logs.EVENT]: 'timeout', [Logs.MESSAGE]: 'nothing was received for too long' });
  }

  onError(error: unknown): void {
    const { address, port } = error as { address?: string; port?: number };
    tagPeer(this.span, peerAt(address, port));
    this.span.logError(error);
    this.finish();
  }

  /** The connection is done with the request: after the end of the response, or cut off. */
  onClose(): void {
    if (!this.isFinished && !this.response?.complete) {
      this.span.setTag(Tags.ERROR, true).log({
        [Logs.EVENT]: 'aborted',
        [Logs.MESSAGE]: 'the connection closed before the response was complete',
      });
    }
    this.finish();
  }

  finish(): void {
    this.isFinished = true;
    this.span.finish();
  }
}

/** A header as the program gave it; those given as an array have been rendered already. */
function headerOf(request: ClientRequest, name: string): string | undefined {
  const rendered = (request as RequestParts)._header;
  if (rendered) {
    const line = rendered.split(LINE_END).find((candidate) => isHeader(candidate, name));
    return line?.slice(name.length + 1).trim();
  }
  return request.getHeader(name)?.toString();
}

function setHeaders(request: ClientRequest, headers: Record<string, string>): void {
  const parts = request as RequestParts;
  const names = Object.keys(headers);
  // Nothing has been sent yet: the runtime does not connect before the program's code has returned.
  if (!parts._header) {
    for (const name of names) {
      request.setHeader(name, headers[name] as string);
    }
    return;
  }
  for (const name of names) {
    validateHeaderName(name);
    validateHeaderValue(name, headers[name] as string);
  }
  const rendered = withHeaders(parts._header, headers);
  const waiting = parts.outputData?.[0];
  if (typeof waiting?.data === 'string' && waiting.data.startsWith(parts._header)) {
    waiting.data = rendered + waiting.data.slice(parts._header.length);
  }
  parts._header = rendered;
}

/** Rendered headers, which end with an empty line, with some set anew. */
function withHeaders(rendered: string, headers: Record<string, string>): string {
  const names = Object.keys(headers);
  const lines = rendered
    .slice(0, -2 * LINE_END.length)
    .split(LINE_END)
    .filter((line) => !names.some((name) => isHeader(line, name)));
  for (const name of names) {
    lines.push(`${name}: ${headers[name]}`);
  }
  return lines.join(LINE_END) + LINE_END + LINE_END;
}

function isHeader(line: string, name: string): boolean {
  return line.toLowerCase().startsWith(`${name.toLowerCase()}:`);
}
