import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, type Span, startCollector } from 'opentracing-viewer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Shop } from '../../../scripts/start-shop.mjs';
import { wholeTrace } from '../../../scripts/start-trace.mjs';

describe('the shop', () => {
  let folder: string;
  let collector: Collector;
  let shop: Shop;
  /** The traces of ten orders, sent one after the other. */
  const statuses: number[] = [];
  const traces: Trace[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shop-test-'));
    collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
    shop = new Shop(collector.url);
    await Promise.race([shop.start(), shop.failed]);
    const traceIds: string[] = [];
    for (let i = 0; i < 10; i += 1) {
      const { status, traceId } = await shop.order();
      statuses.push(status);
      traceIds.push(traceId);
    }
    for (const id of traceIds) traces.push(new Trace(await wholeTrace(collector.url, id)));
  });

  afterAll(async () => {
    await shop?.stop();
    await collector?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('makes one trace of an order, which goes through all four programs', () => {
    const [trace] = traces as [Trace];
    expect(new Set(trace.spans.map((span) => span.traceId)).size).toBe(1);
    expect(trace.services()).toEqual(['gateway', 'inventory', 'orders', 'pricing']);
    expect(trace.spans.filter((span) => span.parentId === undefined)).toHaveLength(1);
    expect(trace.path('try vouchers')).toEqual([
      'gateway SERVER',
      'gateway CLIENT',
      'orders SERVER',
      'orders prepare order',
      'orders CLIENT',
      'pricing SERVER',
      'pricing find price',
      'pricing try vouchers',
    ]);
    expect(trace.path('reserve item').slice(-3)).toEqual([
      'orders CLIENT',
      'inventory SERVER',
      'inventory reserve item',
    ]);
  });

  it('asks inventory and pricing at the same time, as siblings', () => {
    for (const trace of traces) {
      const parent = trace.named('prepare order');
      const calls = trace.spans.filter((span) => span.parentId === parent.id);
      expect(calls.map((span) => span.kind)).toEqual(['CLIENT', 'CLIENT']);
      const [first, second] = calls as [Span, Span];
      expect(startOf(first)).toBeLessThan(endOf(second));
      expect(startOf(second)).toBeLessThan(endOf(first));
      const asked = calls.map((call) => trace.childOf(call).localEndpoint?.serviceName);
      expect(asked.sort()).toEqual(['inventory', 'pricing']);
    }
  });

  it("takes the trace into pricing's worker thread and back", () => {
    const [trace] = traces as [Trace];
    const span = trace.named('try vouchers');
    expect(span.parentId).toBe(trace.named('find price').id);
    expect(span.tags).toEqual({ 'price.list': '1350', 'price.best': '1071' });
    expect(span.annotations?.map(({ value }) => value)).toEqual(['best price found']);
  });

  it("carries the customer's tier from the gateway to pricing as baggage", () => {
    const tiers = traces.map((trace) => trace.server('pricing').tags?.['customer.tier']);
    expect(tiers.slice(0, 4)).toEqual(['gold', 'silver', 'standard', 'gold']);
    const customers = traces.map((trace) => trace.server('gateway').tags?.customer);
    expect(customers.slice(0, 4)).toEqual(['ada', 'grace', 'linus', 'ada']);
  });

  it('fails the tenth order in inventory, and marks the spans from there up to the root', () => {
    expect(statuses).toEqual([...Array(9).fill(201), 503]);
    expect(traces.slice(0, 9).flatMap((trace) => trace.failed())).toEqual([]);
    const trace = traces[9] as Trace;
    expect(trace.failed().sort()).toEqual(trace.path('reserve item').sort());
    const { tags, annotations } = trace.named('reserve item');
    expect(tags?.error).toBe('the shelf is locked for stocktaking');
    expect(annotations?.[0]?.value).toContain('event=error');
    expect(trace.named('prepare order').tags).toMatchObject({
      'order.number': '10',
      error: 'the shelf is locked for stocktaking',
    });
  });

  it('answers an order that is none with a sentence', async () => {
    const response = await fetch(`${shop.url}/orders`, { method: 'POST' });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      message: 'an order is {"customer": "ada", "items": ["tea"]}',
    });
  });
});

/** The spans of a trace, and how they hang together. */
class Trace {
  constructor(readonly spans: readonly Span[]) {}

  services(): string[] {
    return [...new Set(this.spans.map((span) => span.localEndpoint?.serviceName ?? ''))].sort();
  }

  named(name: string): Span {
    return this.first((span) => span.name === name);
  }

  server(service: string): Span {
    return this.first(
      (span) => span.kind === 'SERVER' && span.localEndpoint?.serviceName === service,
    );
  }

  childOf(parent: Span): Span {
    return this.first((span) => span.parentId === parent.id);
  }

  /** The spans from the root to the first one of a name, as service and kind or name. */
  path(name: string): string[] {
    const path: string[] = [];
    let span: Span | undefined = this.named(name);
    while (span !== undefined) {
      path.unshift(describeSpan(span));
      const { parentId }: Span = span;
      span = this.spans.find((other) => other.id === parentId);
    }
    return path;
  }

  failed(): string[] {
    return this.spans.filter((span) => span.tags?.error !== undefined).map(describeSpan);
  }

  first(isWanted: (span: Span) => boolean): Span {
    const span = this.spans.find(isWanted);
    if (span === undefined) throw new Error(`no such span in ${JSON.stringify(this.spans)}`);
    return span;
  }
}

function describeSpan(span: Span): string {
  return `${span.localEndpoint?.serviceName} ${span.kind ?? span.name}`;
}

function startOf(span: Span): number {
  return span.timestamp ?? Number.NaN;
}

function endOf(span: Span): number {
  return startOf(span) + (span.duration ?? Number.NaN);
}
