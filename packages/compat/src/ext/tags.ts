import { Tags } from 'opentracing-ts';

/** `'client'`, `'server'`, `'producer'` or `'consumer'`: the role of the span in a call. */
export const SPAN_KIND = Tags.SPAN_KIND;
/** The value of {@link SPAN_KIND} for the calling side of a remote procedure call. */
export const SPAN_KIND_RPC_CLIENT = Tags.SPAN_KIND_RPC_CLIENT;
/** The value of {@link SPAN_KIND} for the answering side of a remote procedure call. */
export const SPAN_KIND_RPC_SERVER = Tags.SPAN_KIND_RPC_SERVER;
/** The value of {@link SPAN_KIND} for the sender of a message. */
export const SPAN_KIND_MESSAGING_PRODUCER = Tags.SPAN_KIND_MESSAGING_PRODUCER;
/** The value of {@link SPAN_KIND} for the receiver of a message. */
export const SPAN_KIND_MESSAGING_CONSUMER = Tags.SPAN_KIND_MESSAGING_CONSUMER;
/** `true` when the operation that the span stands for has failed (boolean). */
export const ERROR = Tags.ERROR;
/** The library or framework that made the span (string), such as `'express'`. */
export const COMPONENT = Tags.COMPONENT;
/** Above 0: do what you can to keep the trace; 0: do not keep it (integer). */
export const SAMPLING_PRIORITY = Tags.SAMPLING_PRIORITY;
/** The name of the remote service (string). */
export const PEER_SERVICE = Tags.PEER_SERVICE;
/** The host name of the remote end (string). */
export const PEER_HOSTNAME = Tags.PEER_HOSTNAME;
/** The address of the remote end in the terms of the client library (string), such as a DSN. */
export const PEER_ADDRESS = Tags.PEER_ADDRESS;
/** The IPv4 address of the remote end, in dotted notation (string). */
export const PEER_HOST_IPV4 = Tags.PEER_HOST_IPV4;
/** The IPv6 address of the remote end (string). */
export const PEER_HOST_IPV6 = Tags.PEER_HOST_IPV6;
/** The port of the remote end (integer). */
export const PEER_PORT = Tags.PEER_PORT;
/** The URL of the request, in the standard form (string). */
export const HTTP_URL = Tags.HTTP_URL;
/** The method of the request (string), such as `'GET'`. */
export const HTTP_METHOD = Tags.HTTP_METHOD;
/** The status code of the response (integer). */
export const HTTP_STATUS_CODE = Tags.HTTP_STATUS_CODE;
/** Where a message goes to or comes from (string): a topic, a queue. */
export const MESSAGE_BUS_DESTINATION = Tags.MESSAGE_BUS_DESTINATION;
/** The name of the database instance (string). */
export const DB_INSTANCE = Tags.DB_INSTANCE;
/** The database statement (string). */
export const DB_STATEMENT = Tags.DB_STATEMENT;
/** The kind of the database (string): `'sql'`, `'redis'`, and so on. */
export const DB_TYPE = Tags.DB_TYPE;
/** The name of the database user (string). */
export const DB_USER = Tags.DB_USER;
