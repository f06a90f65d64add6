import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { expect, onTestFinished, vi } from 'vitest';

/** A tracer whose scopes follow asynchronous code. */
export function createTracer(): MockTracer {
  return new MockTracer(new AsyncLocalStorageScopeManager());
}

/** Starts a server on a free port of the loopback, closed at the end of the test; returns its port. */
export async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Waits until `count` spans have finished, and returns them in the order in which they started. */
export async function finishedSpans(tracer: MockTracer, count: number): Promise<MockSpan[]> {
  await vi.waitUntil(() => tracer.finishedSpans().length >= count, { timeout: 10_000 });
  return tracer.finishedSpans().sort((a, b) => a.startTime - b.startTime);
}

/** Of a request to `/orders/7?token=secret`, below whatever the route is under, that went well. */
export function expectRouted(span: MockSpan | undefined, component: string, route: string): void {
  expect(span?.operationName).toBe(`GET ${route}`);
  expect(span?.tags).toMatchObject({
    'span.kind': 'server',
    component,
    'http.method': 'GET',
    'http.route': route,
    'http.status_code': 200,
  });
  expect(span?.tags['http.url']).toMatch(/\/orders\/7$/);
  expect(span?.tags.error).toBeUndefined();
}

/** The one span of a kind. */
export function ofKind(spans: readonly MockSpan[], kind: string): MockSpan {
  const found = spans.filter((span) => span.tags['span.kind'] === kind);
  if (found.length !== 1) {
    throw new Error(`There are ${found.length} spans of the kind '${kind}'.`);
  }
  return found[0] as MockSpan;
}
