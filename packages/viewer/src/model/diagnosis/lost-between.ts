import { labelOf, serviceOf } from '../label.js';
import { isError, type Span } from '../span.js';
import type { Node, Trace } from '../tree.js';
import { beginOf, endOf, type Finding, findingOf, named } from './finding.js';

/** How much earlier or later than the call its server may seem to work, by its own clock. */
const TOLERANCE = 5_000;

/** A call and the server that answered it. */
interface Exchange {
  call: Node;
  server: Node;
  /** Whether the call was made to the address of the server, as far as both say. */
  isDirect: boolean;
}

/**
 * Calls whose server recorded them in a trace of its own: a client's span without a server's below it, and
 * a server's span that is a root, of the same request at the same time. They are the halves of one trace,
 * which the context did not hold together.
 *
 * Where the addresses differ there may be a proxy between, or they have nothing to do with each other: it is a
 * note, and none where another call of the same operation succeeded and has no server here.
 */
export function lostBetween(traces: readonly Trace[]): Finding[] {
  const servers = serversByRequest(traces);
  const calls = traces
    .flatMap(({ nodes }) => nodes.filter(isUnanswered))
    .sort((a, b) => beginOf(a) - beginOf(b));
  const taken = new Set<Node>();
  const exchanges: Exchange[] = [];
  for (const isDirect of [true, false]) {
    for (const call of calls) {
      if (taken.has(call)) continue;
      const server = requestsOf(call.span)
        .flatMap((request) => servers.get(request) ?? [])
        .find(
          (each) =>
            !taken.has(each) &&
            isAnswer(call, each) &&
            canBeAddress(call.span, each.span) === isDirect,
        );
      if (server === undefined) continue;
      taken.add(call).add(server);
      exchanges.push({ call, server, isDirect });
    }
  }
  const unanswered = calls.filter((call) => !taken.has(call) && !isError(call.span));
  const foreign = new Set(unanswered.map(operationOf));
  return exchanges
    .filter(({ call, isDirect }) => isDirect || !foreign.has(operationOf(call)))
    .map(tell);
}

function tell({ call, server, isDirect }: Exchange): Finding {
  const service = serviceOf(server.span);
  return findingOf(
    'lost-between',
    isDirect ? 'warning' : 'note',
    [call, server],
    isDirect
      ? `${named(call)} was answered by ${named(server)}, which began a trace of its own.`
      : `${named(call)} may have been answered by ${named(server)}, which began a trace of its own: the request is the same, though not the address.`,
    isDirect
      ? `No context that ${service} can read came with the request: instrument the client (instrumentFetch, instrumentHttp, or inject into its headers), let proxies pass the headers on, and set OPENTRACING_PROPAGATION alike on both sides.`
      : `Where a proxy lies between them, it does not pass on the headers of the trace: have it pass b3, x-b3-*, traceparent and tracestate, and set OPENTRACING_PROPAGATION alike on both sides.`,
  );
}

function operationOf({ span }: Node): string {
  return JSON.stringify([serviceOf(span), labelOf(span), urlOf(span.tags)?.hostname]);
}

function isUnanswered({ span, children }: Node): boolean {
  return span.kind === 'CLIENT' && children.every((child) => child.span.kind !== 'SERVER');
}

function serversByRequest(traces: readonly Trace[]): Map<string, Node[]> {
  const servers = new Map<string, Node[]>();
  for (const { roots } of traces) {
    for (const root of roots) {
      if (root.span.kind !== 'SERVER' || root.span.parentId !== undefined) continue;
      for (const request of requestsOf(root.span)) {
        const same = servers.get(request);
        if (same === undefined) servers.set(request, [root]);
        else same.push(root);
      }
    }
  }
  for (const same of servers.values()) same.sort((a, b) => beginOf(a) - beginOf(b));
  return servers;
}

function isAnswer(call: Node, server: Node): boolean {
  return (
    call.span.traceId !== server.span.traceId &&
    beginOf(server) >= beginOf(call) - TOLERANCE &&
    endOf(server) <= endOf(call) + TOLERANCE
  );
}

/** By what a request is known on both sides: method and path of HTTP, else service and operation. */
function requestsOf({ kind, name, tags = {}, localEndpoint, remoteEndpoint }: Span): string[] {
  const method = tags['http.method'] ?? tags['http.request.method'];
  const path = urlOf(tags)?.pathname;
  if (method !== undefined && path !== undefined) return [`${method} ${path}`];
  const service = (kind === 'SERVER' ? localEndpoint : remoteEndpoint)?.serviceName;
  return service === undefined || name === undefined ? [] : [`${service} ${name}`];
}

/**
 * Whether the call may have gone to the server, as far as both say: to the same port. A URL of the same host
 * may lack it where a proxy ends TLS; one of another host without it means that of the protocol.
 */
function canBeAddress(call: Span, server: Span): boolean {
  const called = urlOf(call.tags);
  const serving = urlOf(server.tags);
  if (!called?.hostname || !serving?.hostname) return true;
  if (called.hostname === serving.hostname && !(called.port && serving.port)) return true;
  return portOf(called) === portOf(serving);
}

function portOf({ port, protocol }: Address): string {
  return port || (protocol === 'https:' ? '443' : '80');
}

type Address = Pick<URL, 'protocol' | 'hostname' | 'port' | 'pathname'>;

/** Some tracers write the path alone, which has no host then. */
function urlOf(tags: Span['tags'] = {}): Address | undefined {
  const text = tags['http.url'] ?? tags['url.full'];
  if (text !== undefined && URL.canParse(text)) return new URL(text);
  const path = text ?? tags['http.target'] ?? tags['http.path'] ?? tags['url.path'];
  const [pathname] = path?.split('?') ?? [];
  return pathname === undefined ? undefined : { protocol: '', hostname: '', port: '', pathname };
}
