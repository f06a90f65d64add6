import { isError, type Span } from './span.js';
import { buildTrace, type Node } from './tree.js';

/** How often one service called another. */
export interface DependencyLink {
  /** The service that called, or the broker that delivered. */
  parent: string;
  /** The service that was called, or the broker that was sent to. */
  child: string;
  /** How many calls, one or more. */
  callCount: number;
  /** How many of them failed; absent when none did. */
  errorCount?: number;
}

/** One call. */
export interface Call {
  parent: string | undefined;
  child: string | undefined;
  failed: boolean;
  /** How long the span took that tells of the call, in microseconds, when that is known. */
  duration: number | undefined;
}

/**
 * Which service called which, told from merged traces as Zipkin tells it: a call is counted where it was
 * served if that is known, else where it was made; who called is the nearest ancestor that is one side of
 * a call itself. Messages link their two services to the broker, not to each other.
 */
export function linksOf(traces: Iterable<readonly Span[]>): DependencyLink[] {
  const links = new Map<string, DependencyLink>();
  for (const trace of traces) {
    for (const { parent, child, failed } of callsOf(trace)) {
      if (parent === undefined || child === undefined) continue;
      const key = JSON.stringify([parent, child]);
      const link = links.get(key) ?? { parent, child, callCount: 0 };
      link.callCount++;
      if (failed) link.errorCount = (link.errorCount ?? 0) + 1;
      links.set(key, link);
    }
  }
  return [...links.values()];
}

/** The calls of one merged trace, as `linksOf` counts them. */
export function callsOf(trace: readonly Span[]): Call[] {
  const { nodes } = buildTrace(trace);
  const parentOf = (node: Node) => {
    const { parent } = node;
    if (parent === undefined) return undefined;
    // A call from neither end of a shared span counts as one of its client.
    const isShared = parent.span.shared && parent.parent?.span.id === parent.span.id;
    return isShared && !hasSameEndpoint(parent.span, node.span) ? parent.parent : parent;
  };
  const parents = new Set(nodes.map(parentOf));
  return nodes.flatMap((node) => {
    const { span } = node;
    const kind = kindOf(span);
    // What is below a client says better who was called.
    if (kind === undefined || (span.kind === 'CLIENT' && parents.has(node))) return [];
    let ancestor = parentOf(node);
    while (ancestor !== undefined && ancestor.span.kind === undefined) {
      ancestor = parentOf(ancestor);
    }
    return callsAt({ ...span, kind }, ancestor?.span);
  });
}

function hasSameEndpoint({ localEndpoint: a }: Span, { localEndpoint: b }: Span): boolean {
  return (
    a?.serviceName === b?.serviceName &&
    a?.ipv4 === b?.ipv4 &&
    a?.ipv6 === b?.ipv6 &&
    a?.port === b?.port
  );
}

/** Work with a service at either end is a call, whatever it says. */
function kindOf({ kind, localEndpoint, remoteEndpoint }: Span): Span['kind'] {
  if (kind !== undefined) return kind;
  const knowsBoth =
    localEndpoint?.serviceName !== undefined && remoteEndpoint?.serviceName !== undefined;
  return knowsBoth ? 'CLIENT' : undefined;
}

function callsAt(span: Span, ancestor: Span | undefined): Call[] {
  const own = span.localEndpoint?.serviceName;
  const remote = span.remoteEndpoint?.serviceName;
  const isReceiver = span.kind === 'SERVER' || span.kind === 'CONSUMER';
  const call = {
    parent: isReceiver ? remote : own,
    child: isReceiver ? own : remote,
    failed: isError(span),
    duration: span.duration,
  };
  const caller = ancestor?.localEndpoint?.serviceName;
  if (span.kind === 'PRODUCER' || span.kind === 'CONSUMER' || caller === undefined) return [call];

  const calls = [call];
  if (span.kind === 'CLIENT' && own !== undefined && own !== caller) {
    // The server of `own` recorded nothing, but it was called, since it calls.
    calls.push({ parent: caller, child: own, failed: false, duration: undefined });
  }
  if (span.kind === 'SERVER' || call.parent === undefined) call.parent = caller;
  if (ancestor?.kind === 'CLIENT' && span.parentId === ancestor.id) {
    call.failed ||= isError(ancestor);
  }
  return calls;
}
