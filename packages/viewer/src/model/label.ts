import type { Span } from './span.js';

const METHOD = /^(get|head|post|put|patch|delete|options)$/;

/**
 * What to call a span where people read: its name, and for the spans of HTTP that are named after
 * their method alone, the route or else the path too, by the tags of OpenTracing, of Zipkin or of
 * OpenTelemetry.
 */
export function labelOf(span: Span): string {
  const { name = '(no name)', tags = {} } = span;
  if (!METHOD.test(name)) return name;
  const path =
    tags['http.route'] ??
    tags['http.path'] ??
    tags['url.path'] ??
    pathOf(tags['http.url'] ?? tags['url.full'] ?? tags['http.target']);
  return path ? `${name} ${path}` : name;
}

/** What a search calls the span by: its name, and what it is called where people read, in lower case. */
export function searchNamesOf(span: Span): string[] {
  if (span.name === undefined) return [];
  const label = labelOf(span).toLowerCase();
  return label === span.name ? [label] : [span.name, label];
}

function pathOf(url: string | undefined): string | undefined {
  if (url === undefined) return undefined;
  // Some tracers write the path alone, and the query may be long.
  return URL.canParse(url) ? new URL(url).pathname : url.split('?')[0];
}

/** The name of the service that recorded the span, or `unknown`. */
export function serviceOf(span: Span): string {
  return span.localEndpoint?.serviceName ?? 'unknown';
}
