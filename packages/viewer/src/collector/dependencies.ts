import type { Handler } from 'hono';
import { callGraphOf } from '../model/call-figures.js';
import type { SpanStore } from '../store/store.js';
import { parseDependencyQuery } from './params.js';

/**
 * `GET /api/dependencies?endTs=…&lookback=…`: like Zipkin's `/api/v2/dependencies`, of which it takes the
 * parameters, with durations, with traces to look at, and with the time between the first span and the last.
 */
export function answerDependencies(store: SpanStore): Handler {
  return (c) => {
    const query = parseDependencyQuery((name) => c.req.query(name));
    c.header('Cache-Control', 'no-store');
    return c.json(callGraphOf(store.search(query)));
  };
}
