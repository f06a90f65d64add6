/**
 * Trace and span ids in the lines of winston, and lines as logs of spans.
 *
 * @module
 */
export type { LogOptions, SpanLogOptions } from '../log-lines.js';
export type { InstrumentationOptions } from '../options.js';
export { traceWinston, type WinstonLogger } from './trace-winston.js';
export { type WinstonFormat, winstonFormat } from './winston-format.js';
