/**
 * Traces a program without a change to it: `node --import opentracing-ts/register app.js`, or
 * `node --require opentracing-ts/register app.js`.
 *
 * Registers a tracer for Zipkin, or by OTLP, as the global tracer and installs the instrumentations of
 * `node:http`, `node:https`, `node:http2`, `fetch`, express, fastify, koa and hono, as environment
 * variables say (docs/configuration.md has the table).
 * Whatever waits to be sent when the process ends is sent then.
 *
 * @module
 */
import { register } from './register.js';

register();
