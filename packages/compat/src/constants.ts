import * as library from 'opentracing-ts';

/** A span context as bytes; the carrier is an object whose `buffer` is array-like. */
export const FORMAT_BINARY = library.FORMAT_BINARY;
/** A span context as a map of strings of any characters. */
export const FORMAT_TEXT_MAP = library.FORMAT_TEXT_MAP;
/** A span context as a map of strings that are fit for HTTP headers. */
export const FORMAT_HTTP_HEADERS = library.FORMAT_HTTP_HEADERS;
/** The new span is part of the operation of the referenced one. */
export const REFERENCE_CHILD_OF = library.REFERENCE_CHILD_OF;
/** The new span was caused by the referenced one, which does not wait for it. */
export const REFERENCE_FOLLOWS_FROM = library.REFERENCE_FOLLOWS_FROM;
