import type { Handler } from 'hono';
import { CallGraphBuilder } from '../model/call-figures.js';
import type { SpanStore } from '../store/store.js';
import { parseDependencyQuery } from './params.js';
import { Turns } from './turns.js';

/**
 * `GET /api/dependencies?endTs=…&lookback=…`: like Zipkin's `/api/v2/dependencies`, of which it takes the
 * parameters, with durations, with traces to look at, and with the time between the first span and the last.
 */
export function answerDependencies(store: SpanStore): Handler {
  return async (c) => {
    const query = parseDependencyQuery((name) => c.req.query(name));
    const turns = new Turns();
    const builder = new CallGraphBuilder();
    for (const spans of store.searchWhole(query)) {
      builder.add(spans);
      await turns.pass();
    }
    c.header('Cache-Control', 'no-store');
    return c.json(builder.graph());
  };
}
