// Programs that lose the context in one of the usual ways, or, after "right-", do it as it should be done.
// Usage: node broken-programs.mjs NAME, with the collector in OPENTRACING_ZIPKIN_URL.
import { EventEmitter, once } from 'node:events';
import { createServer, get } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { FORMAT_TEXT_MAP, followsFrom, Tags } from 'opentracing-ts';
import { instrumentHttp } from 'opentracing-ts/instrumentation/http';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { createZipkinTracer } from 'opentracing-ts/zipkin';

const tracers = [];
const [name] = process.argv.slice(2);

function tracerOf(serviceName, options = {}) {
  const url = process.env.OPENTRACING_ZIPKIN_URL;
  const tracer = createZipkinTracer({ serviceName, url, ...options });
  tracers.push(tracer);
  return tracer;
}

/** A span as that of a request that is being answered. */
function answer(tracer, name, work) {
  return tracer.withActiveSpan(name, { tags: { [Tags.SPAN_KIND]: 'server' } }, work);
}

/** Takes jobs from where it was set up, as a pool of connections does. */
function createPool() {
  const jobs = new EventEmitter();
  const queue = [];
  jobs.on('job', () => queue.push('job'));
  const timer = setInterval(() => {
    for (const job of queue.splice(0)) job();
  }, 2);
  return {
    run: (job) => new Promise((resolve) => queue.push(() => resolve(job()))),
    end: () => clearInterval(timer),
  };
}

async function pool(tracer, bind) {
  const connections = createPool();
  const query = async () => {
    const span = tracer.startSpan('query', { tags: { [Tags.SPAN_KIND]: 'client' } });
    await wait(2);
    span.finish();
  };
  for (let i = 0; i < 2; i++) {
    await answer(tracer, 'GET /orders', async () => {
      await connections.run(bind(query));
      await wait(5);
    });
    await wait(5);
  }
  connections.end();
}

/** A server under `instrumentHttp`; its address. */
async function listen(tracer) {
  instrumentHttp({ tracer, clients: false });
  const server = createServer((_request, response) => response.end('in stock')).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  return { server, url: `http://127.0.0.1:${server.address().port}/stock/7` };
}

async function call(inject) {
  const { server, url } = await listen(tracerOf('stock'));
  const tracer = tracerOf('shop');
  const tags = { [Tags.SPAN_KIND]: 'client', 'http.method': 'GET', 'http.url': url };
  const span = tracer.startSpan('GET', { tags });
  const headers = {};
  if (inject) tracer.inject(span, 'http_headers', headers);
  const [response] = await once(get(url, { headers, agent: false }), 'response');
  response.resume();
  await once(response, 'end');
  await wait(5);
  span.finish();
  server.close();
}

/** A message from one program to another, over a queue. */
function message(inject) {
  const [shop, kitchen] = [tracerOf('shop'), tracerOf('kitchen')];
  const destination = { [Tags.MESSAGE_BUS_DESTINATION]: 'orders' };
  const headers = {};
  const sent = shop.startSpan('send', { tags: { [Tags.SPAN_KIND]: 'producer', ...destination } });
  if (inject) shop.inject(sent, FORMAT_TEXT_MAP, headers);
  sent.finish();
  const context = kitchen.extract(FORMAT_TEXT_MAP, headers);
  const taken = kitchen.startSpan('take', {
    references: context === null ? [] : [followsFrom(context)],
    tags: { [Tags.SPAN_KIND]: 'consumer', ...destination },
  });
  taken.finish();
}

const programs = {
  pool: () => {
    const tracer = tracerOf('shop');
    return pool(tracer, (job) => job);
  },
  'right-pool': () => {
    const tracer = tracerOf('shop');
    return pool(tracer, (job) => tracer.scopeManager.bind(job));
  },
  'wrong-scope-manager': () => {
    const tracer = tracerOf('shop', { scopeManager: new ThreadLocalScopeManager() });
    return answer(tracer, 'GET /orders', async () => {
      await wait(5);
      tracer.withActiveSpan('load the basket', () => {});
      await wait(5);
    });
  },
  'right-scope-manager': () => {
    const tracer = tracerOf('shop');
    return answer(tracer, 'GET /orders', async () => {
      await wait(5);
      tracer.withActiveSpan('load the basket', () => {});
      await wait(5);
    });
  },
  'no-inject': () => call(false),
  'right-inject': () => call(true),
  'lost-message': () => message(false),
  'right-message': () => message(true),
  'not-awaited': async () => {
    const tracer = tracerOf('shop');
    let mail;
    tracer.withActiveSpan('order', () => {
      mail = wait(20).then(() => tracer.startSpan('send a mail').finish());
    });
    await mail;
  },
  'right-not-awaited': async () => {
    const tracer = tracerOf('shop');
    let mail;
    tracer.withActiveSpan('order', (order) => {
      mail = wait(20).then(() =>
        tracer.startSpan('send a mail', { references: [followsFrom(order)] }).finish(),
      );
    });
    await mail;
  },
  'never-finished': () => {
    const tracer = tracerOf('shop');
    tracer.startSpan('oven', { childOf: tracer.startSpan('bake') }).finish();
  },
  'wrong-unit': () => {
    const tracer = tracerOf('shop');
    tracer.startSpan('bake', { startTime: Date.now() / 1000 }).finish();
  },
  'same-ids': () => {
    for (const service of ['shop', 'stock']) {
      tracerOf(service, { firstId: 1 }).startSpan('work').finish();
    }
  },
  'right-jobs': async () => {
    const tracer = tracerOf('shop');
    const timer = setInterval(() => tracer.startSpan('clean up').finish(), 2);
    await wait(20);
    await answer(tracer, 'GET /orders', () => wait(20));
    await wait(20);
    clearInterval(timer);
  },
};

await programs[name]();
await Promise.all(tracers.map((tracer) => tracer.close()));
