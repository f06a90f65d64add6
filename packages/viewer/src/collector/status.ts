import { Hono } from 'hono';
import { messageOf } from '../errors.js';
import type { SpanStore } from '../store/store.js';
import { VERSION } from '../version.js';
import type { CollectorMetrics } from './metrics.js';
import { DEFAULT_LIMIT, DEFAULT_LOOKBACK } from './params.js';

/** What is told of the collector itself: `/health`, `/info`, `/metrics` and `/config.json`. */
export function createStatus(store: SpanStore, metrics: CollectorMetrics): Hono {
  const app = new Hono();
  app.get('/health', (c) => {
    try {
      store.services();
      return c.json({ status: 'UP', zipkin: { status: 'UP' } });
    } catch (error) {
      const details = { error: messageOf(error) };
      return c.json({ status: 'DOWN', zipkin: { status: 'DOWN', details } }, 503);
    }
  });
  app.get('/info', (c) =>
    c.json({ name: 'opentracing-viewer', version: VERSION, workingDirectory: process.cwd() }),
  );
  app.get('/metrics', (c) => c.json(metrics));
  // What Zipkin's own page asks for before it shows anything.
  app.get('/config.json', (c) =>
    c.json({
      environment: '',
      searchEnabled: true,
      queryLimit: DEFAULT_LIMIT,
      defaultLookback: DEFAULT_LOOKBACK,
      dependency: { enabled: true, lowErrorRate: 0.5, highErrorRate: 0.75 },
    }),
  );
  return app;
}
