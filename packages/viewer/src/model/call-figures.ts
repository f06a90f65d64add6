import { type Call, callsOf, type DependencyLink } from './links.js';
import type { Span } from './span.js';
import { percentile } from './statistics.js';
import { extent } from './summary.js';

/** How one service calls another: numbers, times in microseconds, and traces to look at. */
export interface CallFigures extends DependencyLink {
  errorCount: number;
  /** Of the calls whose duration is known; absent when none is. */
  median?: number;
  /** The 95th percentile, likewise. */
  p95?: number;
  /** Whether a caller's span names the service that it called, so that a search for both finds it. */
  isNamed: boolean;
  /** The trace with the longest call. */
  slowest: string;
  /** The latest trace with a call that failed; absent when none did. */
  failed?: string;
}

/** Which service calls which in some traces. */
export interface CallGraph {
  /** When the earliest span begins and the latest ends, in microseconds; 0 when there is none. */
  first: number;
  last: number;
  /** How many traces were looked at. */
  traces: number;
  links: CallFigures[];
}

/** Gathers traces, merged, into a graph. Calls are counted as Zipkin counts them, see `linksOf`. */
export class CallGraphBuilder {
  private first = Number.POSITIVE_INFINITY;
  private last = 0;
  private traces = 0;
  private readonly links = new Map<string, Tally>();

  add(spans: readonly Span[]): void {
    const { start = this.first, end = this.last } = extent(spans);
    this.first = Math.min(this.first, start);
    this.last = Math.max(this.last, end);
    this.traces += 1;
    const named = new Set(spans.map(namesOf));
    for (const call of callsOf(spans)) {
      if (call.parent === undefined || call.child === undefined) continue;
      const key = JSON.stringify([call.parent, call.child]);
      const tally = this.links.get(key) ?? new Tally(call.parent, call.child);
      this.links.set(key, tally);
      tally.isNamed ||= named.has(key);
      tally.add(call, spans[0]?.traceId ?? '', end);
    }
  }

  graph(): CallGraph {
    return {
      first: Math.min(this.first, this.last),
      last: this.last,
      traces: this.traces,
      links: [...this.links.values()].map((tally) => tally.figures()),
    };
  }
}

function namesOf({ localEndpoint, remoteEndpoint }: Span): string {
  return JSON.stringify([localEndpoint?.serviceName, remoteEndpoint?.serviceName]);
}

/** Gathers the calls between two services. */
class Tally {
  isNamed = false;
  private readonly parent: string;
  private readonly child: string;
  private readonly durations: number[] = [];
  private calls = 0;
  private errors = 0;
  private longest = -1;
  private slowest = '';
  private failedAt = -1;
  private failed = '';

  constructor(parent: string, child: string) {
    this.parent = parent;
    this.child = child;
  }

  /** @param end when the call's trace ended, in microseconds */
  add({ duration, failed }: Call, traceId: string, end: number): void {
    this.calls += 1;
    if (duration !== undefined) this.durations.push(duration);
    if ((duration ?? 0) > this.longest) {
      this.longest = duration ?? 0;
      this.slowest = traceId;
    }
    if (!failed) return;
    this.errors += 1;
    if (end > this.failedAt) {
      this.failedAt = end;
      this.failed = traceId;
    }
  }

  figures(): CallFigures {
    const { parent, child, durations, isNamed, slowest } = this;
    const sorted = durations.sort((a, b) => a - b);
    return {
      parent,
      child,
      callCount: this.calls,
      errorCount: this.errors,
      ...(sorted.length === 0
        ? {}
        : { median: percentile(sorted, 0.5), p95: percentile(sorted, 0.95) }),
      isNamed,
      slowest,
      ...(this.errors === 0 ? {} : { failed: this.failed }),
    };
  }
}
