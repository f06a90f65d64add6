import type { BatchRecorder } from 'opentracing-ts/basictracer';
import { createZipkinTracer, type ZipkinTracerOptions } from 'opentracing-ts/zipkin';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  type Behaviour,
  type FaultyCollector,
  type FaultyCollectorOptions,
  spansOf,
  startCollector,
} from './collector.js';
import { addRow, arrived } from './table.js';

const SPANS = 100;
const BATCH = 20;
const WAIT = { timeout: 20_000 };

function tracerFor(url: string, options: Partial<ZipkinTracerOptions> = {}) {
  const errors: Error[] = [];
  const tracer = createZipkinTracer({
    serviceName: 'orders',
    url,
    flushIntervalMs: 1,
    maxBatchSize: BATCH,
    onError: (error) => errors.push(error),
    ...options,
  });
  onTestFinished(() => tracer.close());
  const recorder = (tracer as unknown as { _recorder: BatchRecorder })._recorder;
  let named = 0;
  return {
    errors,
    tracer,
    stats: () => recorder.stats,
    record(count: number, bytes = 0) {
      for (let i = 0; i < count; i++) {
        tracer.startSpan(`span-${named++}`, { tags: { text: 'x'.repeat(bytes) } }).finish();
      }
    },
    /** Waits until no span waits any more. */
    settled: () => vi.waitUntil(() => recorder.stats.queued === 0, WAIT),
  };
}

interface Fault extends FaultyCollectorOptions {
  fault: string;
  behave?: Behaviour;
  options?: Partial<ZipkinTracerOptions>;
  /** How large a span is; otherwise as small as can be. */
  bytes?: number;
  /** How many spans are lost, and counted, and how many arrive again. */
  dropped?: number;
  again?: number;
  /** Of what is told, if anything is. */
  told?: string | RegExp;
  /** What is looked at beside the counts. */
  check?(collector: FaultyCollector): void;
}

/** The first `times` requests fail so, the others are accepted. */
const first =
  (times: number, fail: Behaviour): Behaviour =>
  (exchange) =>
    exchange.number <= times ? fail(exchange) : exchange.accept();

const isBad = ({ name }: { name: string }) => name === 'span-42';

const FAULTS: Fault[] = [
  {
    fault: 'none',
    check: ({ connections }) => expect(connections).toBe(1),
  },
  {
    fault: 'connection reset in the middle of the body',
    onHeaders(request, _, number) {
      if (number <= 3) {
        request.once('data', () => request.socket.resetAndDestroy());
      }
      return number <= 3;
    },
    options: { maxBatchSize: SPANS },
    bytes: 5_000,
    told: 'cannot be reached',
  },
  {
    fault: 'connection reset before the request is handled',
    behave: first(3, (exchange) => exchange.reset()),
    told: 'cannot be reached',
  },
  {
    fault: 'connection reset after the spans were taken',
    behave: first(1, (exchange) => {
      exchange.take();
      exchange.reset();
    }),
    again: BATCH,
    told: 'cannot be reached',
  },
  {
    fault: 'connection that was kept alive reset at the next request',
    behave: (exchange) => (exchange.number === 2 ? exchange.reset() : exchange.accept()),
    check: ({ connections }) => expect(connections).toBe(2),
  },
  {
    fault: 'connection that was kept alive half closed after each answer',
    behave(exchange) {
      exchange.response.on('finish', () => exchange.response.socket?.end());
      exchange.accept();
    },
  },
  {
    fault: '429 with Retry-After in seconds',
    behave: first(1, (exchange) => exchange.refuse(429, { 'retry-after': '1' })),
    told: 'answered 429',
  },
  {
    fault: '503 with Retry-After as a date',
    behave: first(1, (exchange) =>
      exchange.refuse(503, { 'retry-after': new Date(Date.now() + 1_000).toUTCString() }, 'busy'),
    ),
    told: 'answered 503: busy',
  },
  {
    fault: '500, 502 and 504',
    behave: first(3, (exchange) => exchange.refuse([500, 502, 504][exchange.number - 1] as number)),
    told: 'answered 500',
  },
  {
    fault: 'no answer until the timeout',
    behave: first(1, () => {}),
    options: { timeoutMs: 1_500 },
    told: 'no answer in 1500 ms',
  },
  {
    fault: 'answers that come slowly',
    behave: (exchange) => setTimeout(() => exchange.accept(), 20),
  },
  {
    fault: 'accepted, but the answer breaks off',
    behave(exchange) {
      exchange.take();
      exchange.response.writeHead(202, { 'content-length': 100 });
      exchange.response.write('half', () => exchange.reset());
    },
  },
  {
    fault: 'accepted, with an answer that never ends',
    behave(exchange) {
      exchange.take();
      exchange.response.writeHead(202);
      const write = () => {
        while (exchange.response.writable && exchange.response.write('x'.repeat(10_000)));
      };
      exchange.response.on('drain', write);
      write();
    },
  },
  {
    fault: 'an answer that is not HTTP',
    behave: first(2, ({ response }) => response.socket?.end('220 smtp.test ESMTP\r\n')),
    told: 'its answer is not HTTP',
  },
  {
    fault: '400 for one bad span among them',
    behave: (exchange) =>
      spansOf(exchange.body, exchange.headers).some(isBad)
        ? exchange.refuse(400, {}, 'bad span')
        : exchange.accept(),
    dropped: 1,
    told: 'answered 400: bad span',
  },
  {
    fault: '413 for bodies of more than 1,500 bytes, before they were read',
    onHeaders(request, response) {
      if (Number(request.headers['content-length']) <= 1_500) {
        return false;
      }
      response.writeHead(413).end();
      return true;
    },
    told: 'answered 413',
  },
  {
    fault: 'a collector that cannot read gzip',
    behave: (exchange) =>
      exchange.headers['content-encoding'] === undefined
        ? exchange.accept()
        : exchange.refuse(400, {}, 'not JSON'),
    options: { compression: 'gzip' },
    check: ({ exchanges }) => expect(exchanges).toHaveLength(SPANS / BATCH + 2),
  },
  {
    fault: '404',
    behave: (exchange) => exchange.refuse(404),
    dropped: SPANS,
    told: /answered 404; is the path right/,
  },
  {
    fault: 'a redirect',
    behave: (exchange) => exchange.refuse(302, { location: 'https://login.test/' }),
    dropped: SPANS,
    told: /answered 302; redirects are not followed.*login\.test/,
  },
];

describe('spans sent over HTTP are delivered or counted', () => {
  it.for(FAULTS)('$fault', async (fault, context) => {
    const collector = await startCollector(fault.behave, fault);
    const { record, settled, stats, errors } = tracerFor(collector.url, fault.options);
    record(SPANS, fault.bytes);
    await settled();
    const { delivered, again } = arrived(collector.names);
    const { recorded, dropped } = stats();
    addRow(context, { fault: fault.fault, recorded, delivered, again, dropped });
    expect({ recorded, dropped, again }).toEqual({
      recorded: SPANS,
      dropped: fault.dropped ?? 0,
      again: fault.again ?? 0,
    });
    expect(errors.map(({ message }) => message)).toEqual(
      fault.told === undefined ? [] : [expect.stringMatching(fault.told)],
    );
    fault.check?.(collector);
  });

  it('connections refused until the collector is back', async (context) => {
    const collector = await startCollector();
    await collector.stop();
    const { record, settled, stats, errors } = tracerFor(collector.url);
    record(SPANS);
    await vi.waitUntil(() => stats().retried > 0, WAIT);
    expect(errors.map(({ message }) => message)).toEqual([expect.stringContaining('ECONNREFUSED')]);
    await collector.restart();
    await settled();
    addRow(context, {
      fault: 'connections refused until the collector is back',
      ...arrived(collector.names),
      ...counted(stats),
    });
    expect(stats().dropped).toBe(0);
  });

  it('the collector hangs while more spans come than may wait', async (context) => {
    const held: (() => void)[] = [];
    let isHanging = true;
    const collector = await startCollector((exchange) => {
      if (isHanging) {
        held.push(exchange.accept);
      } else {
        exchange.accept();
      }
    });
    const { record, settled, stats } = tracerFor(collector.url, { maxQueueSize: SPANS });
    for (let i = 0; i < 100; i++) {
      record(SPANS);
      expect(stats().queued).toBeLessThanOrEqual(SPANS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await vi.waitUntil(() => held.length > 0, WAIT);
    isHanging = false;
    for (const accept of held) {
      accept();
    }
    await settled();
    addRow(context, {
      fault: 'the collector hangs while more spans come than may wait',
      ...arrived(collector.names),
      ...counted(stats),
    });
    expect(stats().exported).toBe(SPANS);
  });
});

function counted(stats: () => BatchRecorder['stats']) {
  const { recorded, dropped } = stats();
  return { recorded, dropped };
}
