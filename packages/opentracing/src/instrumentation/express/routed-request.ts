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
  /** `null` while no route has been found, and no middleware that is mounted at a path. */
  _route: string | null = null;
  /** Whether it is where a middleware is mounted. */
  _isMount = false;
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
    if (route !== this._route || this._isMount) {
      this._route = route;
      this._isMount = false;
      this.serverSpan.nameRoute(route);
      this._watchEnd();
    }
  }

  /**
   * A middleware or a router runs: after a route or a mounted one that has passed the request on, it is
   * not that which answers.
   */
  onMiddleware(): void {
    const isInMount = this._isMount && this.request.baseUrl;
    if (this._route !== null && !isInMount && !this.response.headersSent && !this.hasFailed) {
      this._passOn();
    }
  }

  /**
   * A middleware or a router that is mounted at a path runs. Where it answers without a route, as those for
   * files do, the path names the span: now, so that it can give it a name of its own.
   *
   * @param matched - the path that matched; `undefined` where the framework does not tell
   */
  onMount(pattern: Path, matched?: string): void {
    const { baseUrl, method } = this.request;
    if (baseUrl) {
      this.mounts.enter(baseUrl, pattern, matched);
      if (this._route === null || this._isMount) {
        this._route = this.mounts.patternOf(baseUrl);
        this._isMount = true;
        this.serverSpan.span.setOperationName(`${method} ${this._route}`);
        this._watchEnd();
      }
    }
  }

  onError(error: unknown): void {
    this.hasFailed = true;
    logHandledError(this.serverSpan, error);
  }

  _watchEnd(): void {
    if (!this._isWatched) {
      this._isWatched = true;
      this.serverSpan.onEnd(() => this._onEnd());
    }
  }

  /** Nothing has answered where all have passed the request on. */
  _onEnd(): void {
    if (this._route === null) {
      return;
    }
    if (this.request.next === undefined && !this.hasFailed) {
      this._passOn();
    } else if (this._isMount) {
      this.serverSpan.span.setTag('http.route', this._route);
    }
  }

  _passOn(): void {
    this._route = null;
    this._isMount = false;
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
