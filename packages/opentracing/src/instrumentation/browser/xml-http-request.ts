import type { Span } from '../../span.js';
import type { Tracer } from '../../tracer.js';
import type { ClientExchange } from '../client-exchange.js';

/** An XMLHttpRequest, as far as it is used here. */
export interface Xhr {
  readonly readyState: number;
  readonly status: number;
  getAllResponseHeaders(): string;
  open(...args: unknown[]): unknown;
  setRequestHeader(name: string, value: string): unknown;
  send(...args: unknown[]): unknown;
  addEventListener(type: string, listener: unknown, options?: unknown): unknown;
  removeEventListener(type: string, listener: unknown, options?: unknown): unknown;
}

/** What is known of one object that the program makes requests with, one after the other. */
export interface XhrState {
  method: string;
  /** `null` where it is none. */
  url: URL | null;
  /** Those that the program has set since it was opened. */
  headers: Headers;
  /** That of the request under way. */
  exchange: ClientExchange | null;
  /** The span that was active when the request was sent, and its tracer. */
  parent: Span | null;
  tracer: Tracer | null;
  /** Whether its events are seen. */
  isObserved: boolean;
}

/** @internal The global class, where there is one. */
export function xhrPrototype(): Xhr | null {
  const { XMLHttpRequest } = globalThis as { XMLHttpRequest?: { prototype: Xhr } };
  return XMLHttpRequest?.prototype ?? null;
}
