import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Tracer } from '../../tracer.js';
import { ClientExchange } from '../client-exchange.js';
import { startClientSpan } from '../client-span.js';
import { absoluteUrl, methodName } from '../fetch-call.js';
import { type FetchRequest, type FetchResponse, headersOf } from '../fetch-options.js';
import { isSuppressed } from '../http-tags.js';
import { outOfZones } from '../in-background.js';
import { installOnce } from '../install-once.js';
import { RequestTracing } from '../request-tracing.js';
import { runInScope } from '../run-in-scope.js';
import { openExchanges } from './open-exchanges.js';
import type { BrowserTracingOptions } from './options.js';
import { propagateTo } from './propagate-to.js';
import { replaceMethod } from './replace-method.js';
import { requestOf, XhrResponse } from './xhr-headers.js';
import { wrapListeners } from './xhr-listeners.js';
import { type Xhr, type XhrState, xhrPrototype } from './xml-http-request.js';

const OPENED = 1;
const HEADERS_RECEIVED = 2;
const DONE = 4;
const OBSERVED = ['readystatechange', 'load', 'error', 'timeout', 'abort'];

/**
 * Traces every request that a page or a worker makes with `XMLHttpRequest`: a client span that is a child
 * of the active span and finishes with the response, before the program hears of it. An object that is
 * used again has a span for each request. The listeners and handlers of the object, not those of its `upload`,
 * run with the span active that was so when the request was sent, under any scope manager. What else holds for
 * {@link instrumentBrowserFetch} holds here: `propagateTo`, statuses, `http.url`, `b3: 0`. Where the program
 * sets one of the headers of the trace itself, none is added: a browser would join the two.
 *
 * @param options - the tracer, by default the global one; where contexts are sent; hooks
 * @returns stops tracing. While it is installed, by whichever copy of this package, and where there is no
 *   XMLHttpRequest, as in service workers, installing it does nothing.
 * @throws TypeError for an option of the wrong type
 * @example
 * ```ts
 * const stop = instrumentXMLHttpRequest({ propagateTo: [/^https:\/\/[^/]+\.example\.com\//] });
 * stop();
 * ```
 */
export function instrumentXMLHttpRequest(options: BrowserTracingOptions = {}): () => void {
  const of = 'instrumentXMLHttpRequest';
  const rules = new RequestTracing(of, 'XMLHttpRequest', options);
  const mayPropagate = propagateTo(of, options.propagateTo, rules.guard);
  const prototype = xhrPrototype();
  return prototype === null
    ? () => {}
    : installOnce('XMLHttpRequest', () => new XhrTracing(prototype, rules, mayPropagate).install());
}

class XhrTracing {
  prototype: Xhr;
  rules: RequestTracing<FetchRequest, FetchResponse>;
  mayPropagate: (url: URL) => boolean;
  states = new WeakMap<Xhr, XhrState>();
  open = openExchanges();
  /** The methods as they were, for requests of our own to the object. */
  observe: Xhr['addEventListener'];
  setHeader: Xhr['setRequestHeader'];

  constructor(
    prototype: Xhr,
    rules: RequestTracing<FetchRequest, FetchResponse>,
    mayPropagate: (url: URL) => boolean,
  ) {
    this.prototype = prototype;
    this.rules = rules;
    this.mayPropagate = mayPropagate;
    this.observe = prototype.addEventListener;
    this.setHeader = prototype.setRequestHeader;
  }

  install(): () => void {
    const { prototype, rules } = this;
    const { guard } = rules;
    const onOpen = guard((xhr: Xhr, args: unknown[]) => this.opened(xhr, args));
    const onHeader = guard((xhr: Xhr, [name, value]: unknown[]) => {
      this.states.get(xhr)?.headers.append(String(name), String(value));
    });
    const onSend = guard((xhr: Xhr) => this.sending(xhr));
    const onThrown = guard((exchange: ClientExchange, error: unknown) => exchange.onError(error));
    const onEvent = guard((xhr: Xhr, { type }: { type: string }) => this.happened(xhr, type));
    const stops = [
      replaceMethod(prototype, 'open', (open, xhr, args) => {
        const opened = Reflect.apply(open, xhr, args);
        onOpen(xhr as Xhr, args);
        return opened;
      }),
      replaceMethod(prototype, 'setRequestHeader', (set, xhr, args) => {
        const isSet = Reflect.apply(set, xhr, args);
        onHeader(xhr as Xhr, args);
        return isSet;
      }),
      replaceMethod(prototype, 'send', (send, xhr, args) => {
        const exchange = onSend(xhr as Xhr);
        try {
          return Reflect.apply(send, xhr, args);
        } catch (error) {
          if (exchange) {
            onThrown(exchange, error);
          }
          throw error;
        }
      }),
      wrapListeners(prototype, (xhr, event, run) => {
        // A listener of the program may come first, and use the object again.
        onEvent(xhr, event as { type: string });
        const { parent = null, tracer = null } = this.states.get(xhr) ?? {};
        return parent === null || tracer === null ? run() : runInScope(tracer, parent, run);
      }),
      this.open.stop,
    ];
    return () => {
      for (const stop of stops) {
        stop();
      }
    };
  }

  opened(xhr: Xhr, [method, url]: unknown[]): void {
    const before = this.states.get(xhr);
    before?.exchange?.onFailure('aborted', 'the program has used the object for another request');
    this.states.set(xhr, {
      method: methodName(String(method)),
      url: absolute(String(url)),
      headers: new Headers(),
      exchange: null,
      parent: null,
      tracer: null,
      isObserved: before?.isObserved ?? false,
    });
  }

  /** @returns `null` where the request is not traced, or cannot be sent */
  sending(xhr: Xhr): ClientExchange | null {
    const { rules } = this;
    const tracer = rules.tracer();
    const state = this.states.get(xhr);
    if (tracer === null || !state?.url || state.exchange !== null || xhr.readyState !== OPENED) {
      return null;
    }
    const { method, url, headers } = state;
    const request = requestOf(state, url);
    state.tracer = tracer;
    state.parent = tracer.activeSpan;
    if (
      !/^https?:$/.test(url.protocol) ||
      isSuppressed(headers.get('b3')) ||
      rules.ignores(request)
    ) {
      return null;
    }
    const target = url.pathname + url.search;
    const span = startClientSpan(tracer, rules.component, method, url, target, rules.captureQuery);
    const exchange = new ClientExchange(span);
    state.exchange = exchange;
    this.open.add(exchange);
    this.observeOnce(xhr, state);
    rules.onRequest(span, request, headersOf);
    if (this.mayPropagate(url)) {
      this.inject(xhr, tracer, state, exchange);
    }
    return exchange;
  }

  inject(xhr: Xhr, tracer: Tracer, { headers }: XhrState, { span }: ClientExchange): void {
    const carrier: Record<string, string> = {};
    const { rules } = this;
    const inject = rules.guard(() => tracer.inject(span, FORMAT_HTTP_HEADERS, carrier));
    inject();
    const own = Object.entries(carrier);
    if (!own.some(([name]) => headers.has(name))) {
      for (const [name, value] of own) {
        this.setHeader.call(xhr, name, value);
      }
    }
  }

  observeOnce(xhr: Xhr, state: XhrState): void {
    if (!state.isObserved) {
      state.isObserved = true;
      const onEvent = this.rules.guard(({ type }: { type: string }) => this.happened(xhr, type));
      outOfZones(() => {
        for (const type of OBSERVED) {
          this.observe.call(xhr, type, onEvent);
        }
      });
    }
  }

  happened(xhr: Xhr, type: string): void {
    const exchange = this.states.get(xhr)?.exchange;
    if (!exchange || exchange.isFinished) {
      return;
    }
    switch (type) {
      case 'readystatechange':
        this.changed(xhr, exchange);
        break;
      case 'load':
        exchange.finish();
        break;
      case 'error':
        exchange.onFailure(
          'error',
          'the browser could not make the request, or its server not answer it',
        );
        break;
      case 'timeout':
        exchange.onFailure(
          'timeout',
          'the response was not there in the time that the program gave',
        );
        break;
      case 'abort':
        if (exchange.answeredAt > 0) {
          exchange.onCancel();
        } else {
          exchange.onFailure('aborted', 'the program gave the request up');
        }
        break;
    }
  }

  changed(xhr: Xhr, exchange: ClientExchange): void {
    const { readyState, status } = xhr;
    // It is 0 where the response is cut off or cannot be seen, which the next event tells of.
    if (status > 0 && exchange.answeredAt === 0 && readyState >= HEADERS_RECEIVED) {
      exchange.onHeaders(status);
      this.rules.onResponse(exchange.span, new XhrResponse(xhr), headersOf);
    }
    if (status > 0 && readyState === DONE) {
      // Where the program uses the object again in a listener of this event, no other follows.
      exchange.finish();
    }
  }
}

function absolute(url: string): URL | null {
  try {
    return absoluteUrl(url);
  } catch {
    return null;
  }
}
