// A server with express under load, traced by nothing but what is loaded before it.
import { tracedVariants } from '../server/traced.mjs';

export { bars } from '../server/traced.mjs';

export const title = 'A server with express, every request traced';

export const about =
  'As with fastify: express 5, a middleware and a route in a router. OpenTelemetry is its instrumentation of `http` and of express, with its spans of middlewares.';

export const unit = 'µs';
export const isReading = true;
export const variants = tracedVariants('express.cjs');
