/**
 * The steps of instrumentation for a framework of one's own, in any runtime: what to do before a request
 * is handled, and before one is made.
 *
 * @module
 */
export { beforeHttpRequest, type OutboundHttpRequest } from './before-http-request.js';
export { beforeRequest, type InboundHttpRequest } from './before-request.js';
