/**
 * The standard tags of the OpenTracing semantic conventions.
 *
 * Source: OpenTracing semantic conventions, "Span tags table"; the names of the constants are those
 * of `opentracing@0.14.7`, with `SERVICE` from opentracing-python beside them.
 *
 * @namespace
 */
export const Tags = /* @__PURE__ */ Object.freeze({
  /** `'client'`, `'server'`, `'producer'` or `'consumer'`: the role of the span in a call. */
  SPAN_KIND: 'span.kind',
  /** The value of `SPAN_KIND` for the calling side of a remote procedure call. */
  SPAN_KIND_RPC_CLIENT: 'client',
  /** The value of `SPAN_KIND` for the answering side of a remote procedure call. */
  SPAN_KIND_RPC_SERVER: 'server',
  /** The value of `SPAN_KIND` for the sender of a message. */
  SPAN_KIND_MESSAGING_PRODUCER: 'producer',
  /** The value of `SPAN_KIND` for the receiver of a message. */
  SPAN_KIND_MESSAGING_CONSUMER: 'consumer',

  /** The name of the service that the span belongs to (string). */
  SERVICE: 'service',
  /** `true` when the operation that the span stands for has failed (boolean). */
  ERROR: 'error',
  /** The library or framework that made the span (string), such as `'express'`. */
  COMPONENT: 'component',
  /** Above 0: do what you can to keep the trace; 0: do not keep it (integer). */
  SAMPLING_PRIORITY: 'sampling.priority',

  /** The name of the remote service (string). */
  PEER_SERVICE: 'peer.service',
  /** The host name of the remote end (string). */
  PEER_HOSTNAME: 'peer.hostname',
  /** The address of the remote end in the terms of the client library (string), such as a DSN. */
  PEER_ADDRESS: 'peer.address',
  /** The IPv4 address of the remote end, in dotted notation (string). */
  PEER_HOST_IPV4: 'peer.ipv4',
  /** The IPv6 address of the remote end (string). */
  PEER_HOST_IPV6: 'peer.ipv6',
  /** The port of the remote end (integer). */
  PEER_PORT: 'peer.port',

  /** The URL of the request, in the standard form (string). */
  HTTP_URL: 'http.url',
  /** The method of the request (string), such as `'GET'`. */
  HTTP_METHOD: 'http.method',
  /** The status code of the response (integer). */
  HTTP_STATUS_CODE: 'http.status_code',

  /** Where a message goes to or comes from (string): a topic, a queue. */
  MESSAGE_BUS_DESTINATION: 'message_bus.destination',

  /** The name of the database instance (string). */
  DB_INSTANCE: 'db.instance',
  /** The database statement (string). */
  DB_STATEMENT: 'db.statement',
  /** The kind of the database (string): `'sql'`, `'redis'`, and so on. */
  DB_TYPE: 'db.type',
  /** The name of the database user (string). */
  DB_USER: 'db.user',
} as const);
