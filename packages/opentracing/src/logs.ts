/**
 * The standard fields of a span's log.
 *
 * Source: OpenTracing semantic conventions, "Log fields table".
 *
 * @module
 */

/** A stable name for the moment (string); `'error'` for an error. */
export const EVENT = 'event';
/** One line for a person (string). */
export const MESSAGE = 'message';
/** The type of an error (string), such as its class name. */
export const ERROR_KIND = 'error.kind';
/** The error itself. */
export const ERROR_OBJECT = 'error.object';
/** A stack trace, in the form of the platform (string). */
export const STACK = 'stack';
