import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import type { SpanContext } from '../../span-context.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { startClientSpan } from '../client-span.js';
import { type FetchRequest, type FetchResponse, headersOf } from '../fetch-options.js';
import type { RequestTracing } from '../request-tracing.js';
import { urlTag } from '../url-tag.js';
import { type NavigationTiming, type Page, type ResourceTiming, timingsOf } from './page.js';

/** The moments of a request, and of the page, in their order. */
const OF_REQUEST = [
  'redirectStart',
  'domainLookupStart',
  'connectStart',
  'secureConnectionStart',
  'requestStart',
  'responseStart',
];
const OF_PAGE = [
  'activationStart',
  'domInteractive',
  'domContentLoadedEventStart',
  'domContentLoadedEventEnd',
  'domComplete',
  'loadEventStart',
];
/** Who made a request that has a span of its own, or that sends spans. */
const NOT_OF_PAGE = ['fetch', 'xmlhttprequest', 'beacon'];

type Rules = RequestTracing<FetchRequest, FetchResponse>;

/**
 * Records how a page was loaded.
 *
 * @param isAborted - whether it goes away before it was loaded
 * @internal
 */
export function recordPage(
  page: Page,
  rules: Rules,
  isAborted: boolean,
  withResources: boolean,
): void {
  const [navigation] = timingsOf<NavigationTiming>(page, 'navigation');
  const tracer = rules.tracer();
  const url = new URL(page.location.href);
  const request = { method: 'GET', url, headers: new Headers() };
  if (navigation === undefined || tracer === null || rules.ignores(request)) {
    return;
  }
  const { timeOrigin } = page.performance;
  const { loadEventEnd, activationStart = 0 } = navigation;
  const end = isAborted ? page.performance.now() : Math.max(loadEventEnd, activationStart);
  const span = tracer.startSpan('page load', {
    childOf: contextOfServer(tracer, page, navigation),
    ignoreActiveSpan: true,
    startTime: timeOrigin,
    tags: {
      [Tags.COMPONENT]: rules.component,
      [Tags.HTTP_URL]: urlTag(url.origin, url.pathname + url.search, rules.captureQuery),
      'page.navigation': navigation.type,
    },
  });
  if (wasHidden(page, end)) {
    span.setTag('page.hidden', true);
  }
  logMoments(span, navigation, OF_PAGE, timeOrigin);
  for (const { name, startTime } of timingsOf(page, 'paint')) {
    span.log({ [Logs.EVENT]: name }, timeOrigin + startTime);
  }
  rules.onRequest(span, request, headersOf);
  recordRequest(tracer, rules, span, navigation, timeOrigin);
  if (withResources) {
    for (const resource of timingsOf<ResourceTiming>(page, 'resource')) {
      if (resource.startTime <= end && !NOT_OF_PAGE.includes(resource.initiatorType)) {
        recordRequest(tracer, rules, span, resource, timeOrigin);
      }
    }
  }
  rules.onResponse(
    span,
    { status: navigation.responseStatus ?? 0, headers: new Headers() },
    headersOf,
  );
  if (isAborted) {
    const message = 'the page went away before it was loaded';
    span.log({ [Logs.EVENT]: 'aborted', [Logs.MESSAGE]: message }, timeOrigin + end);
  }
  span.finish(timeOrigin + end);
}

/** Records a request of the browser, named by what asked for it. */
function recordRequest(
  tracer: Tracer,
  rules: Rules,
  page: Span,
  timing: ResourceTiming,
  timeOrigin: number,
): void {
  const { name, initiatorType, startTime, responseEnd, responseStatus = 0 } = timing;
  const url = new URL(name);
  const target = url.pathname + url.search;
  const span = startClientSpan(tracer, rules.component, 'GET', url, target, rules.captureQuery, {
    childOf: page,
    startTime: timeOrigin + startTime,
  });
  span.setOperationName(initiatorType === 'navigation' ? 'document' : initiatorType);
  if (responseStatus > 0) {
    span.setTag(Tags.HTTP_STATUS_CODE, responseStatus);
  }
  if (responseStatus >= 400) {
    span.setTag(Tags.ERROR, true);
  }
  logMoments(span, timing, OF_REQUEST, timeOrigin);
  span.finish(timeOrigin + Math.max(startTime, responseEnd));
}

/** The span of the server that rendered the page, by what the page and its headers name. */
function contextOfServer(
  tracer: Tracer,
  { document }: Page,
  { serverTiming = [] }: NavigationTiming,
): SpanContext | null {
  const carrier: Record<string, string> = {};
  for (const { name, description } of serverTiming) {
    carrier[name] = description;
  }
  for (const { name, content } of document.querySelectorAll('meta[name][content]')) {
    carrier[name] = content;
  }
  try {
    return tracer.extract(FORMAT_HTTP_HEADERS, carrier);
  } catch {
    return null;
  }
}

/** A moment that did not come is 0. */
function logMoments(
  span: Span,
  timing: object,
  moments: readonly string[],
  timeOrigin: number,
): void {
  for (const moment of moments) {
    const time: unknown = Reflect.get(timing, moment);
    if (typeof time === 'number' && time > 0) {
      span.log({ [Logs.EVENT]: moment }, timeOrigin + time);
    }
  }
}

function wasHidden(page: Page, end: number): boolean {
  const states = timingsOf(page, 'visibility-state');
  return states.length === 0
    ? page.document.visibilityState === 'hidden'
    : states.some(({ name, startTime }) => name === 'hidden' && startTime < end);
}
