/** An application of hono, as far as it is used here. */
export interface HonoApp {
  // Their many overloads are hono's business.
  readonly use: unknown;
  readonly fetch: unknown;
  readonly routes: readonly HonoRoute[];
}

/** A handler or a middleware, as hono keeps it. */
export interface HonoRoute {
  readonly method: string;
  readonly path: string;
}

/** What hono gives to a middleware, as far as it is used here. */
export interface HonoContext {
  /** On Node, `incoming` is Node's own request. */
  readonly env: unknown;
  readonly req: {
    readonly raw: Request;
    readonly matchedRoutes: readonly HonoRoute[];
    readonly routeIndex: number;
  };
  res: Response;
  /** Whether there is a response. */
  readonly finalized: boolean;
  /** What a handler has thrown, once the error handler has made a response of it. */
  readonly error: Error | undefined;
}

/** A middleware of hono. */
export type HonoMiddleware = (context: HonoContext, next: () => Promise<void>) => Promise<void>;
