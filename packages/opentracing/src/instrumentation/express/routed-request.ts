import type { IncomingMessage, ServerResponse } from 'node:http';
import { logHandledError } from '../handled-error.js';
import type { ServerSpan } from '../server-spans.js';
import { joinPatterns, MountPatterns, type Path } from './mount-patterns.js';

/** A request as express adds to it, as far as it is used here. */
export interface ExpressRequest extends IncomingMessage {
  /** The path that the routers above the current one have matched; `''` in the outermost one. */
  baseUrl?: string;
  /** Goes on to the next handler; express takes it away when no handler is left. */
  next?: unknown;
  route?: { path: Path; stack: readonly unknown[] };
}

/** @internal A traced request on its way through the routers, which names its span. */
export class RoutedRequest {
  /** Of whom the request is known: options of instrumentations. */
  tracings: object[];
  serverSpan: ServerSpan;
  request: ExpressRequest;
  response: ServerResponse;
  mounts = new MountPatterns();
  hasFailed = false;
  /** `null` while no route has been found. */
  _route: string | null = null;
  _isWatched = false;

  constructor(
    tracing: object,
    serverSpan: ServerSpan,
    request: ExpressRequest,
    response: ServerResponse,
  ) {
    this.tracings = [tracing];
    this.serverSpan = serverSpan;
    this.request = request;
    this.response = response;
  }

  /** A handler of a route runs. */
  onRoute(path: Path): void {
    const route = joinPatterns(this.mounts.patternOf(this.request.baseUrl ?? ''), path);
    if (route !== this._route) {
      this._route = route;
      this.serverSpan.nameRoute(route);
      if (!this._isWatched) {
        this._isWatched = true;
        this.serverSpan.onEnd(() => this._onEnd());
      }
    }
  }

  /**
   * A middleware or a router runs: after a route that has passed the request on, it is not that route
   * which answers.
   */
  onMiddleware(): void {
    if (this._route !== null && !this.response.headersSent && !this.hasFailed) {
      this._passOn();
    }
  }

  onError(error: unknown): void {
    this.hasFailed = true;
    logHandledError(this.serverSpan, error);
  }

  /** No route has answered where all have passed the request on. */
  _onEnd(): void {
    if (this._route !== null && this.request.next === undefined && !this.hasFailed) {
      this._passOn();
    }
  }

  _passOn(): void {
    this._route = null;
    this.serverSpan.span.setOperationName(this.request.method ?? 'HTTP');
  }
}

// On the request, as the router of express keeps what it knows of it: a map of weak keys, which grows and
// shrinks with each request, costs the garbage collector as much as all of the tracing.
const ROUTED = Symbol('opentracing-ts');

/** @internal */
export function routedRequest(request: object): RoutedRequest | undefined {
  return (request as { [ROUTED]?: RoutedRequest })[ROUTED];
}

/** @internal */
export function keepRoutedRequest(routed: RoutedRequest): void {
  (routed.request as { [ROUTED]?: RoutedRequest })[ROUTED] = routed;
}
