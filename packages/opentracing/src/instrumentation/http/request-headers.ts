import {
  type ClientRequest,
  type OutgoingMessage,
  validateHeaderName,
  validateHeaderValue,
} from 'node:http';

const LINE_END = '\r\n';

/** The parts of a request or response that the runtime keeps but its types do not name. */
interface RequestParts {
  /**
   * The request line and the headers as they will be sent. Rendered at once when the program gives the
   * headers as an array or expects a "100 Continue", else with the first part of the body.
   */
  _header?: string | null;
  /** What waits for a connection; begins with the rendered headers when a "100 Continue" is expected. */
  outputData?: { data: unknown }[];
}

/** @internal A header as the program gave it; those given as an array have been rendered already. */
export function headerOf(request: ClientRequest, name: string): string | undefined {
  const rendered = (request as RequestParts)._header;
  if (rendered) {
    const line = rendered.split(LINE_END).find((candidate) => isHeader(candidate, name));
    return line?.slice(name.length + 1).trim();
  }
  return request.getHeader(name)?.toString();
}

/**
 * All headers of a request or of a response, as carriers of text are read. Those that `writeHead` was given
 * are nowhere but among the rendered ones.
 *
 * @internal
 */
export function headersToSend(message: OutgoingMessage): object {
  const rendered = (message as RequestParts)._header;
  return rendered
    ? rendered
        .split(LINE_END)
        .map((line) => [nameOf(line), line.slice(nameOf(line).length + 1).trim()])
    : message.getHeaders();
}

/**
 * Sets headers of a request of which nothing has been sent: the runtime gives it a connection only when
 * the program's code has returned.
 *
 * @throws Error where a name or a value is none of HTTP, and when it is too late
 * @internal
 */
export function setHeaders(request: ClientRequest, headers: Record<string, string>): void {
  const parts = request as RequestParts;
  const names = Object.keys(headers);
  if (!parts._header) {
    for (const name of names) {
      request.setHeader(name, headers[name] as string);
    }
    return;
  }
  if (request.socket) {
    throw new Error(
      'The context could not be sent, as the headers of the request had been: trace it where it is made.',
    );
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

function nameOf(line: string): string {
  return line.slice(0, Math.max(line.indexOf(':'), 0));
}

function isHeader(line: string, name: string): boolean {
  return line.toLowerCase().startsWith(`${name.toLowerCase()}:`);
}
