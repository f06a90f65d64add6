/**
 * The standard fields of a span's log.
 *
 * Source: OpenTracing semantic conventions, "Log fields table".
 *
 * @namespace
 */
export const Logs = /* @__PURE__ */ Object.freeze({
  /** A stable name for the moment (string); `'error'` for an error. */
  EVENT: 'event',
  /** One line for a person (string). */
  MESSAGE: 'message',
  /** The type of an error (string), such as its class name. */
  ERROR_KIND: 'error.kind',
  /** The error itself. */
  ERROR_OBJECT: 'error.object',
  /** A stack trace, in the form of the platform (string). */
  STACK: 'stack',
} as const);
