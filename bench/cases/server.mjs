// A server with fastify under load, traced by nothing but what is loaded before it.
import { tracedVariants } from '../server/traced.mjs';

export { bars } from '../server/traced.mjs';

export const title = 'A server with fastify, every request traced';

export const about =
  'Fastify, each request of which asks another server over `node:http`, 32 connections: processor time of the server process for one of 8,000 requests after 8,000, by which all of the servers are as fast as they get. Every request leaves a server and a client span, which are sent to a collector of another process and counted there; sending counts. OpenTelemetry is its instrumentation of `http`, since what its auto-instrumentation has for fastify is no more than that, the batch processor and the exporter for Zipkin; ours is `--import opentracing-ts/register`.';

export const unit = 'µs';
export const isReading = true;
export const variants = tracedVariants('fastify.cjs');
