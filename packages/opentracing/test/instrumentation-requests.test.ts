import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { InvalidCarrierError, setGlobalTracer, type Tracer } from 'opentracing-ts';
import {
  beforeHttpRequest,
  beforeRequest,
  type InboundHttpRequest,
  type OutboundHttpRequest,
} from 'opentracing-ts/instrumentation/requests';
import type { MockSpan } from 'opentracing-ts/mocktracer';
import { beforeEach, describe, expect, it } from 'vitest';
import { createTracer, listen } from './instrumentation-helpers.js';

let tracer = createTracer();
beforeEach(() => {
  tracer = createTracer();
});

const context = { 'mockpfx-ids-traceid': '17', 'mockpfx-ids-spanid': '18' };

/** What the span of a request is, once it has finished. */
function inbound(request: InboundHttpRequest): MockSpan {
  beforeRequest(request, tracer).finish();
  return tracer.finishedSpans().at(-1) as MockSpan;
}

function outbound(request: OutboundHttpRequest, parent?: Parameters<typeof beforeHttpRequest>[1]) {
  beforeHttpRequest(request, parent).finish();
  return tracer.finishedSpans().at(-1) as MockSpan;
}

describe('beforeRequest', () => {
  it('starts the span that the description shows, of what is known of the request', () => {
    const span = inbound({
      operation: 'GET /orders/:id',
      method: 'GET',
      url: 'https://ada:secret@shop.test/orders/7?token=secret#top',
      headers: context,
      remoteIp: '192.0.2.7',
      remotePort: 4711,
      callerName: 'cashier',
    });
    expect(span.operationName).toBe('GET /orders/:id');
    expect([span.context().toTraceId(), span.parentId]).toEqual(['17', '18']);
    expect(span.tags).toEqual({
      'span.kind': 'server',
      'http.method': 'GET',
      'http.url': 'https://shop.test/orders/7',
      'peer.ipv4': '192.0.2.7',
      'peer.port': 4711,
      'peer.service': 'cashier',
    });
  });

  it.each([
    ['a plain object', { ...context }],
    ['Headers', new Headers(context)],
    ['a Map', new Map(Object.entries(context))],
    ['an array', Object.entries(context).flat()],
  ])('reads headers in %s', (_, headers) => {
    expect(inbound({ headers }).parentId).toBe('18');
  });

  it('takes a request of the web platform', () => {
    const span = inbound(new Request('http://shop.test/a?b', { method: 'PUT', headers: context }));
    expect(span).toMatchObject({ operationName: 'PUT', parentId: '18' });
    expect(span.tags['http.url']).toBe('http://shop.test/a');
  });

  it('takes a request of Node, with the peer of its connection', async () => {
    let span: MockSpan | undefined;
    const port = await listen(
      http.createServer((request, response) => {
        span = inbound(request);
        response.end();
      }),
    );
    const request = http.get({ host: '127.0.0.1', port, path: '/a?b', agent: false });
    await text((await once(request, 'response'))[0]);
    expect(span?.tags).toMatchObject({
      'http.url': `http://127.0.0.1:${port}/a`,
      'peer.ipv4': '127.0.0.1',
      'peer.port': expect.any(Number),
    });
  });

  it.each([
    ['::ffff:192.0.2.7', { 'peer.ipv4': '192.0.2.7' }],
    ['2001:db8::1%eth0', { 'peer.ipv6': '2001:db8::1' }],
    ['299.0.2.7', { 'peer.hostname': '299.0.2.7' }],
    ['', {}],
    [null, {}],
  ])('says of the address %s what it is', (remoteIp, tags) => {
    expect(inbound({ headers: {}, remoteIp }).tags).toEqual({ 'span.kind': 'server', ...tags });
  });

  it('starts a new trace for a request without one, whatever is active, and for what cannot be read', () => {
    tracer.withActiveSpan('poll', () => {
      expect(inbound({ headers: {} }).parentId).toBeNull();
      const corrupted = { 'mockpfx-ids-traceid': 'x', 'mockpfx-ids-spanid': 'y' };
      expect(inbound({ headers: corrupted }).parentId).toBeNull();
    });
  });

  it('leaves frozen requests as they are', () => {
    const request = Object.freeze({ method: 'GET', headers: Object.freeze({ ...context }) });
    expect(inbound(request).parentId).toBe('18');
  });

  it('tells of a request without headers, and of what is no tracer', () => {
    const wrong =
      (request: unknown, other: unknown = tracer) =>
      () =>
        beforeRequest(request as InboundHttpRequest, other as Tracer);
    expect(wrong({ method: 'GET' })).toThrow(
      'The headers of the request are undefined; pass a request with headers.',
    );
    expect(wrong(null)).toThrow(TypeError);
    expect(wrong({ headers: {} }, null)).toThrow(
      'The tracer is null, which has no method startSpan',
    );
  });
});

describe('beforeHttpRequest', () => {
  it('starts the span that the description shows, and sends its context', () => {
    const parent = tracer.startSpan('page');
    const headers: Record<string, string> = { accept: 'text/plain' };
    const span = outbound(
      {
        operation: 'prices',
        method: 'POST',
        url: 'https://ada:secret@shop.test/prices?token=secret',
        headers,
        serviceName: 'shop',
        host: '192.0.2.7',
        port: 8443,
      },
      parent,
    );
    expect(span.operationName).toBe('prices');
    expect(span.parentId).toBe(parent.context().toSpanId());
    expect(span.tags).toEqual({
      'span.kind': 'client',
      'http.method': 'POST',
      'http.url': 'https://shop.test/prices',
      'peer.service': 'shop',
      'peer.ipv4': '192.0.2.7',
      'peer.port': 8443,
    });
    expect(headers).toEqual({
      accept: 'text/plain',
      'mockpfx-ids-traceid': span.context().toTraceId(),
      'mockpfx-ids-spanid': span.context().toSpanId(),
    });
  });

  it('takes the host and the port of the address where they are not given', () => {
    const parent = tracer.startSpan('page');
    const peer = (url: string | URL) => {
      const { tags } = outbound({ url, headers: {} }, parent);
      return [tags['peer.hostname'] ?? tags['peer.ipv4'] ?? tags['peer.ipv6'], tags['peer.port']];
    };
    expect(peer('https://shop.test/a')).toEqual(['shop.test', 443]);
    expect(peer('http://192.0.2.7/a')).toEqual(['192.0.2.7', 80]);
    expect(peer(new URL('http://[2001:db8::1]:81/a'))).toEqual(['2001:db8::1', 81]);
    expect(peer('/a')).toEqual([undefined, undefined]);
  });

  it('takes a request of the web platform', () => {
    const request = new Request('http://shop.test/a?b', { method: 'DELETE' });
    const span = outbound(request, tracer.startSpan('page'));
    expect(span.operationName).toBe('DELETE');
    expect(request.headers.get('mockpfx-ids-spanid')).toBe(span.context().toSpanId());
  });

  it('takes a request of Node', async () => {
    const port = await listen(
      http.createServer(({ headers }, response) => {
        response.end(headers['mockpfx-ids-spanid']);
      }),
    );
    const request = http.request({ host: '127.0.0.1', port, path: '/a?b', agent: false });
    const span = outbound(request, tracer.startSpan('page'));
    request.end();
    const [response] = await once(request, 'response');
    expect(await text(response)).toBe(span.context().toSpanId());
    expect(span.tags['http.url']).toContain('http://127.0.0.1');
    expect(span.tags['http.url']).toMatch(/\/a$/);
  });

  it('has as its parent a span, a context, what a function returns, or the active span', () => {
    setGlobalTracer(tracer);
    const page = tracer.startSpan('page');
    const parentOf = (current?: Parameters<typeof beforeHttpRequest>[1]) =>
      outbound({ headers: {} }, current).parentId;
    const id = page.context().toSpanId();
    expect(parentOf(page)).toBe(id);
    expect(parentOf(page.context())).toBe(id);
    expect(parentOf(() => page)).toBe(id);
    expect(parentOf(() => null)).toBeNull();
    tracer.scopeManager.withActive(page, () => {
      expect(parentOf()).toBe(id);
      expect(parentOf(null)).toBe(id);
    });
  });

  it('tells of headers that the context cannot be written into, and leaves no span open', () => {
    const page = tracer.startSpan('page');
    const wrong = (request: unknown) => () =>
      beforeHttpRequest(request as OutboundHttpRequest, page);
    expect(wrong({ url: 'http://shop.test' })).toThrow('The headers of the request are undefined');
    expect(wrong(undefined)).toThrow(TypeError);
    expect(tracer.finishedSpans()).toEqual([]);
    expect(wrong({ headers: Object.freeze({}) })).toThrow(InvalidCarrierError);
    expect(tracer.finishedSpans()[0]?.tags.error).toBe(true);
  });
});
