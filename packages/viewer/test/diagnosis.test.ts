import { describe, expect, it } from 'vitest';
import { diagnose } from '../src/model/diagnosis/diagnose.js';
import { diagnoseAcross, diagnoseAll } from '../src/model/diagnosis/diagnose-all.js';
import type { Finding } from '../src/model/diagnosis/finding.js';
import { mergeTrace } from '../src/model/merge.js';
import type { Span } from '../src/model/span.js';
import { buildTrace } from '../src/model/tree.js';
import { FIXTURES, fixture, get, post, testCollector } from './support/collector.js';

const epoch = 1_700_000_000_000_000;
const now = epoch + 3_600_000_000;
const ms = 1_000;
let ids = 0;

/** A span of `shop`, ten milliseconds long; `at` is in microseconds since `epoch`. */
function span(fields: Partial<Span> & { at?: number } = {}): Span {
  const { at = 0, ...rest } = fields;
  ids += 1;
  return {
    traceId: '00000000000000a1',
    id: ids.toString(16).padStart(16, '0'),
    name: `step ${ids}`,
    timestamp: epoch + at,
    duration: 10 * ms,
    localEndpoint: { serviceName: 'shop' },
    ...rest,
  };
}

function child(parent: Span, fields: Parameters<typeof span>[0] = {}): Span {
  return span({ traceId: parent.traceId, parentId: parent.id, ...fields });
}

const brief = ({ kind, severity, seen }: Finding) => `${kind} ${severity}: ${seen}`;
const inTrace = (...spans: Span[]) => diagnose(buildTrace(mergeTrace(spans)), now).map(brief);
const across = (...traces: Span[][]) => diagnoseAcross(traces.map(buildTrace)).map(brief);

describe('a trace as it should be has no findings', () => {
  it.each(FIXTURES)('%s has no warning', async (name) => {
    const spans = mergeTrace((await fixture(name)) as unknown as Span[]);
    const warnings = diagnose(buildTrace(spans)).filter(({ severity }) => severity === 'warning');
    expect(warnings).toEqual([]);
  });

  it('no more than nothing at all', () => {
    expect(inTrace()).toEqual([]);
  });

  it('also where work goes on in its own time: messages, what follows from its parent, parallel children', () => {
    const root = span({ name: 'root' });
    const producer = child(root, { kind: 'PRODUCER', duration: 1 * ms });
    const consumer = child(producer, { kind: 'CONSUMER', at: 500 * ms, duration: 1 });
    expect(
      inTrace(
        root,
        producer,
        consumer,
        child(consumer, { at: 510 * ms }),
        child(root, { at: 80 * ms, tags: { 'opentracing.ref_type': 'follows_from' } }),
        child(root, { at: 5 * ms, duration: 300 * ms }),
        child(root, { at: 5 * ms }),
      ),
    ).toEqual([]);
  });

  it('also where a call shares one id, with several servers that answered it', () => {
    const call = span({ kind: 'CLIENT' });
    const server = (serviceName: string) =>
      ({ ...call, kind: 'SERVER', shared: true, localEndpoint: { serviceName } }) as const;
    expect(inTrace(call, server('a'), server('b'))).toEqual([]);
  });

  it('also where a message, which may be one-way, has no duration', () => {
    const root = span();
    const { duration: _ended, ...producer } = child(root, { kind: 'PRODUCER' });
    expect(inTrace(root, producer)).toEqual([]);
  });
});

describe('missing parents', () => {
  const missing = { parentId: '00000000000000ff' };

  it('of the same process are a warning, one for all children', () => {
    expect(
      inTrace(span(), span({ ...missing, name: 'a' }), span({ ...missing, name: 'b' })),
    ).toEqual([
      'orphan warning: “a” of shop and 1 more span name the parent 00000000000000ff, which did not arrive.',
    ]);
  });

  it('of another process are a note: the caller may not report here', () => {
    expect(inTrace(span({ ...missing, name: 'a', kind: 'SERVER' }))).toEqual([
      'orphan note: “a” of shop names the parent 00000000000000ff, which did not arrive.',
    ]);
  });

  it('are a note while they may still be open', () => {
    const trace = buildTrace([span(missing)]);
    const [finding] = diagnose(trace, epoch + 1_000 * ms);
    expect(finding).toMatchObject({
      severity: 'note',
      advice: expect.stringMatching(/^It may still be open\./),
    });
  });

  it('are told from circles of parents', () => {
    const a = span({ name: 'a' });
    expect(inTrace({ ...a, parentId: 'b' }, span({ id: 'b', parentId: a.id }))[0]).toBe(
      'orphan warning: “a” of shop names as parent a span that descends from it.',
    );
  });
});

describe('the tree', () => {
  it('has one root', () => {
    expect(inTrace(span({ name: 'first' }), span({ name: 'other', at: 1 }))).toEqual([
      'second-root warning: “other” of shop has no parent, though the trace began with “first” of shop.',
    ]);
  });

  it('has children that begin before their parent ends', () => {
    const root = span({ name: 'root' });
    expect(inTrace(root, child(root, { name: 'late', at: 30 * ms }))).toEqual([
      'late-child warning: “late” of shop began 20 ms after the end of “root”, the parent.',
    ]);
    expect(inTrace(root, child(root, { at: 10.5 * ms }))).toEqual([]);
  });

  it('says of a server that began after its call that the caller gave up', () => {
    const call = span({ kind: 'CLIENT', tags: { error: 'aborted' } });
    const [finding] = diagnose(
      buildTrace([call, child(call, { kind: 'SERVER', at: 30 * ms })]),
      now,
    );
    expect(finding).toMatchObject({
      kind: 'late-child',
      advice: expect.stringMatching(/timeout/),
    });
  });

  it('says of children that begin late again and again that something was set up under their parent', () => {
    const root = span({ name: 'root' });
    const ticks = [1_000, 2_000].map((at) => child(root, { name: 'tick', at: at * ms }));
    const [finding] = diagnose(buildTrace([root, ...ticks]), now);
    expect(finding).toMatchObject({
      kind: 'late-child',
      count: 2,
      advice: expect.stringMatching(/^A timer.*withoutActiveSpan/),
    });
  });

  it('may have late children that follow from their parent, also where OTLP says so by a link', () => {
    const root = span();
    const link = (type: string) =>
      `0000000000000000${root.traceId}|${root.id}||{"opentracing.ref_type":"${type}"}|0`;
    const late = (type: string) =>
      child(root, { at: 30 * ms, tags: { 'otlp.link.0': link(type) } });
    expect(inTrace(root, late('follows_from'))).toEqual([]);
    expect(inTrace(root, late('child_of'))).toHaveLength(1);
  });

  it('has each id once', () => {
    const root = span({ name: 'a' });
    const again = { ...root, name: 'b', localEndpoint: { serviceName: 'stock' } };
    expect(inTrace(root, again)).toEqual([
      `duplicate-id warning: “a” of shop and “b” of stock have the same id, ${root.id}.`,
    ]);
  });
});

describe('spans that were never finished', () => {
  const { duration: _ended, ...open } = span({ name: 'open' });

  it('are told by their tag, and by the missing duration', () => {
    expect(inTrace({ ...open, tags: { 'opentracing.unfinished': 'true' } })).toEqual([
      'unfinished warning: “open” of shop was open when its program ended, or for 30 seconds.',
    ]);
    expect(inTrace(open)).toEqual([
      'unfinished warning: “open” of shop has no duration: it was not finished when it was sent.',
    ]);
  });

  it('are a note where the instrumentation would have finished them: a stream may go on', () => {
    for (const kind of ['SERVER', 'CLIENT'] as const) {
      const stream = { ...open, kind, tags: { 'opentracing.unfinished': 'true' } };
      expect(diagnose(buildTrace([stream]), now)).toMatchObject([
        { severity: 'note', advice: expect.stringMatching(/stream that goes on/) },
      ]);
    }
  });

  it('are a note while their trace goes on for longer than a span may be open', () => {
    const job = { ...open, tags: { 'opentracing.unfinished': 'true' } };
    const after = (seconds: number) =>
      diagnose(
        buildTrace([job, child(job, { at: (seconds - 1) * 1_000 * ms })]),
        epoch + seconds * 1_000 * ms,
      ).map(({ severity }) => severity);
    expect(after(20)).toEqual(['warning']);
    expect(after(50)).toEqual(['note']);
    expect(diagnose(buildTrace([job]), now)).toMatchObject([{ severity: 'warning' }]);
  });

  it('are none when they finished after all', () => {
    expect(
      inTrace(
        { ...open, tags: { 'opentracing.unfinished': 'true' } },
        { ...open, duration: 80 * ms, tags: { 'opentracing.unfinished': 'false' } },
      ),
    ).toEqual([]);
  });
});

describe('clocks', () => {
  it('that differ between hosts are a note on the host', () => {
    const call = span({ kind: 'CLIENT', localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1' } });
    const stock = { serviceName: 'stock', ipv4: '10.0.0.2' };
    const server = child(call, {
      kind: 'SERVER',
      at: 800 * ms,
      duration: 4 * ms,
      localEndpoint: stock,
    });
    expect(inTrace(call, server, child(server, { at: 801 * ms, localEndpoint: stock }))).toEqual([
      'clock note: The clock of stock (10.0.0.2) is about 797 ms ahead of that of shop (10.0.0.1); its spans are drawn where they must have been.',
    ]);
  });

  it('show in children that begin before their parents', () => {
    const root = span({ name: 'root' });
    expect(inTrace(root, child(root, { name: 'early', at: -5 * ms }))).toEqual([
      'clock warning: “early” of shop began 5 ms before the parent, “root”.',
    ]);
    const elsewhere = { localEndpoint: { serviceName: 'stock' }, name: 'early' };
    expect(inTrace(root, child(root, { ...elsewhere, at: -5_000 * ms }))).toEqual([
      'clock note: “early” of stock began 5 s before the parent, “root”.',
    ]);
  });

  it('may differ between hosts by what setting them over a network leaves', () => {
    const root = span({ name: 'root' });
    const stock = { serviceName: 'stock' };
    expect(inTrace(root, child(root, { localEndpoint: stock, at: -8 * ms }))).toEqual([]);
    const call = span({ kind: 'CLIENT', localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.1' } });
    const server = child(call, {
      ...{ kind: 'SERVER', at: 9 * ms, duration: 4 * ms },
      localEndpoint: { ...stock, ipv4: '10.0.0.2' },
    });
    expect(inTrace(call, server)).toEqual([]);
  });

  it('show in a server that began after a call which did not fail', () => {
    const call = span({ kind: 'CLIENT', name: 'ask' });
    const server = child(call, { kind: 'SERVER', name: 'say', at: 5_010 * ms });
    expect(inTrace(call, server)).toEqual([
      'clock note: “say” of shop began 5 s after the end of its call, “ask” of shop, which did not fail.',
    ]);
  });

  it('are right in a span of some days, as that of a connection', () => {
    expect(inTrace(span({ duration: 3 * 86_400_000 * ms }))).toEqual([]);
  });

  it('show in times that cannot be', () => {
    expect(inTrace(span({ name: 'a', duration: 1.7e15 }))).toEqual([
      'clock warning: “a” of shop lasts 19,700 days.',
    ]);
    expect(inTrace(span({ name: 'a', timestamp: 1_700_000_000 }))).toEqual([
      'clock warning: “a” of shop began before the year 2000.',
    ]);
    expect(inTrace(span({ name: 'a', timestamp: epoch * 2 }))).toHaveLength(1);
  });
});

describe('names of services', () => {
  it('are missed once in a trace', () => {
    const nameless = span({ name: 'a', localEndpoint: {} });
    const unknown = { localEndpoint: { serviceName: 'unknown_service:node' } };
    expect(inTrace(nameless, child(nameless, unknown))).toEqual([
      'no-service note: “a” of unknown and 1 more span do not say which service recorded it.',
    ]);
  });
});

describe('context that was lost between services', () => {
  const url = 'http://stock:8080/items/7?all=1';
  const call = (fields = {}) =>
    span({
      name: 'get',
      kind: 'CLIENT',
      tags: { 'http.method': 'GET', 'http.url': url },
      ...fields,
    });
  const server = (fields = {}) =>
    span({
      traceId: '00000000000000b2',
      name: 'get',
      kind: 'SERVER',
      at: 2 * ms,
      duration: 5 * ms,
      localEndpoint: { serviceName: 'stock' },
      tags: { 'http.method': 'GET', 'http.url': 'http://stock:8080/items/7' },
      ...fields,
    });

  it('is told by a call and a root of the same request at the same time', () => {
    expect(across([call()], [server()])).toEqual([
      'lost-between warning: “get /items/7” of shop was answered by “get /items/7” of stock, which began a trace of its own.',
    ]);
  });

  it('is told by the names where the request is not HTTP', () => {
    const rpc = { tags: {}, name: 'count' };
    expect(
      across([call({ ...rpc, remoteEndpoint: { serviceName: 'stock' } })], [server(rpc)]),
    ).toHaveLength(1);
  });

  it('is not where times, paths or methods differ, or the call was answered, or the root has a caller', () => {
    const tags = (method: string, path: string) => ({
      tags: { 'http.method': method, 'http.url': `http://stock:${path}` },
    });
    const answered = call();
    const own = child(answered, { kind: 'SERVER', localEndpoint: { serviceName: 'stock' } });
    for (const [left, right] of [
      [[call()], [server({ at: 500 * ms })]],
      [[call()], [server(tags('GET', '8080/items/8'))]],
      [[call()], [server(tags('POST', '8080/items/7'))]],
      [[answered, own], [server()]],
      [[call()], [server({ parentId: '00000000000000ff' })]],
    ] as const) {
      expect(across([...left], [...right])).toEqual([]);
    }
  });

  it('is a note where only the addresses differ, as behind a proxy, unless a call of the same found no server', () => {
    const home = (url: string) => ({ tags: { 'http.method': 'GET', 'http.url': url } });
    const served = server(home('http://127.0.0.1:3000/items/7'));
    const proxied = call(home('http://127.0.0.1:8080/items/7'));
    expect(across([proxied], [served])).toEqual([
      'lost-between note: “get /items/7” of shop may have been answered by “get /items/7” of stock, which began a trace of its own: the request is the same, though not the address.',
    ]);
    const elsewhere = { traceId: '00000000000000a2', at: 500 * ms };
    expect(
      across([proxied], [served], [{ ...proxied, ...call(elsewhere), tags: proxied.tags }]),
    ).toEqual([]);
  });

  it('takes a port that is missing for that of the protocol, or of a proxy that ends TLS for the host', () => {
    const home = (url: string) => ({ tags: { 'http.method': 'GET', 'http.url': url } });
    const found = (called: string, serving: string) =>
      across([call(home(called))], [server(home(serving))]).map((each) => each.split(':')[0]);
    expect(found('https://elsewhere.example/', 'http://127.0.0.1:3000/')).toEqual([
      'lost-between note',
    ]);
    expect(found('https://stock.example/', 'http://stock.example/')).toEqual([
      'lost-between warning',
    ]);
  });

  it('takes each root for the answer of one call', () => {
    expect(across([call()], [call({ traceId: '00000000000000a2' })], [server()])).toHaveLength(1);
  });
});

describe('a trace id that was changed on the way', () => {
  const call = span({ traceId: 'a5485552c37c47ecce619061b3b74f25', name: 'call', kind: 'CLIENT' });
  const serve = child(call, {
    ...{ traceId: 'ce619061b3b74f25', name: 'serve', kind: 'SERVER' },
    localEndpoint: { serviceName: 'stock' },
  });

  it('is told by a parent that is in another trace, in place of the parent that is missing', () => {
    const { groups } = diagnoseAll([[call], [serve]]);
    expect(groups.flatMap(({ findings }) => findings.map(brief))).toEqual([
      'lost-between warning: “serve” of stock names as parent “call” of shop, which is in another trace.',
    ]);
  });

  it('is not told where several traces have such a span', () => {
    expect(across([call], [{ ...call, traceId: '00000000000000c3' }], [serve])).toEqual([]);
  });
});

describe('context that was lost with a message', () => {
  const tags = { 'message_bus.destination': 'orders' };
  const producer = (fields = {}) => span({ name: 'send', kind: 'PRODUCER', tags, ...fields });
  const consumer = (fields = {}) =>
    span({
      traceId: '00000000000000b2',
      name: 'take',
      kind: 'CONSUMER',
      at: 800 * ms,
      localEndpoint: { serviceName: 'kitchen' },
      tags,
      ...fields,
    });

  it('is told once of a destination, by senders without receivers and receivers that are roots', () => {
    const again = { traceId: '00000000000000a3', at: 100 * ms };
    expect(across([producer()], [consumer()], [producer(again)])).toEqual([
      'lost-between warning: A message of “send” of shop to “orders” has no receiver in its trace, while “take” of kitchen takes messages from there and began a trace of its own.',
    ]);
  });

  it('is not where the message was received, the destination or the time is another, or a batch has links', () => {
    const sent = producer();
    const link = { 'otlp.link.0': `${sent.traceId}|${sent.id}||{}|0` };
    for (const [left, right] of [
      [[sent, child(sent, { kind: 'CONSUMER', tags })], [consumer()]],
      [[sent], [consumer({ tags: { 'messaging.destination.name': 'bills' } })]],
      [[sent], [consumer({ tags: {} })]],
      [[sent], [consumer({ at: -800 * ms })]],
      [[sent], [consumer({ parentId: '00000000000000ff' })]],
      [[sent], [consumer({ tags: { ...tags, ...link } })]],
    ] as const) {
      expect(across([...left], [...right])).toEqual([]);
    }
  });
});

describe('context that was lost inside of a program', () => {
  const request = (fields = {}) =>
    span({ name: 'get /orders', kind: 'SERVER', duration: 50 * ms, ...fields });
  const query = (fields = {}) =>
    span({ traceId: '00000000000000b2', name: 'query', kind: 'CLIENT', at: 20 * ms, ...fields });

  it('is told by a root of the same process while it answered a request', () => {
    expect(across([request()], [query()])).toEqual([
      'lost-inside warning: “query” of shop began a trace of its own while shop was answering “get /orders” of shop.',
    ]);
  });

  it('is a note where several requests were under way, or the root outlasts the request', () => {
    const other = request({ traceId: '00000000000000c3' });
    expect(across([request()], [other], [query()])[0]).toMatch(/^lost-inside note/);
    const longer = [[request()], [query({ duration: 90 * ms })]].map(buildTrace);
    expect(diagnoseAcross(longer)).toMatchObject([
      { severity: 'note', advice: expect.stringMatching(/^It may be chance/) },
    ]);
  });

  it('is not of another process, of roots that are requests or messages, or outside of requests', () => {
    for (const root of [
      query({ localEndpoint: { serviceName: 'stock' } }),
      query({ localEndpoint: { serviceName: 'shop', ipv4: '10.0.0.9' } }),
      query({ kind: 'SERVER' }),
      query({ kind: 'CONSUMER' }),
      query({ parentId: '00000000000000ff' }),
      query({ at: 60 * ms }),
    ]) {
      expect(across([request()], [root])).toEqual([]);
    }
  });

  it('is not where the same operation begins while there is no request, too: a job', () => {
    const idle = query({ traceId: '00000000000000c3', at: 500 * ms });
    expect(across([request()], [query()], [idle])).toEqual([]);
  });

  it('is not where work of the program began beside a stream of events, which stays open', () => {
    const stream = request({ name: 'get /events', duration: 60_000 * ms });
    const ticks = [20, 1_020, 2_020].map((at, i) => [
      query({ traceId: `00000000000000c${i}`, name: 'clean up', at: at * ms }),
    ]);
    expect(across([stream], ...ticks)).toEqual([]);
  });

  it('is not where a job of a busy program began during a request, while most requests have none', () => {
    const requests = Array.from({ length: 20 }, (_, i) => [
      request({ traceId: `00000000000001${i + 10}`, at: i * 55 * ms }),
    ]);
    const ticks = [20, 520].map((at, i) => [
      query({ traceId: `00000000000000c${i}`, name: 'clean up', at: at * ms, duration: ms }),
    ]);
    expect(across(...requests, ...ticks)).toEqual([]);
  });

  it('is told of work that comes with most requests, however busy the program, and of rare work in an idle one', () => {
    const requests = (every: number) =>
      Array.from({ length: 20 }, (_, i) => [
        request({ traceId: `00000000000001${i + 10}`, at: i * every * ms }),
      ]);
    const queries = Array.from({ length: 20 }, (_, i) => [
      query({ traceId: `00000000000002${i + 10}`, at: (i * 55 + 20) * ms }),
    ]);
    expect(across(...requests(55), ...queries)).toHaveLength(1);
    expect(across(...requests(5_000), [query()])).toHaveLength(1);
  });

  it('is not of a root that links to the trace which caused it', () => {
    const linked = query({ tags: { 'otlp.link.0': '00000000000000a1|0000000000000001||' } });
    expect(across([request()], [linked])).toEqual([]);
  });
});

describe('the diagnosis of many traces', () => {
  it('counts what is found by operation, warnings first, and names some of the traces', () => {
    const traces = Array.from({ length: 9 }, (_, i) => {
      const traceId = `00000000000000d${i}`;
      const root = span({ traceId, name: 'root', at: i * 1_000 * ms });
      const late = child(root, { at: (i * 1_000 + 30) * ms, name: 'late', localEndpoint: {} });
      return [root, late];
    });
    const diagnosis = diagnoseAll(traces);
    expect(diagnosis.traces).toBe(9);
    expect(diagnosis.groups).toMatchObject([
      { kind: 'late-child', severity: 'warning', service: 'unknown', name: 'late', traces: 9 },
      { kind: 'no-service', severity: 'note', traces: 9 },
    ]);
    expect(diagnosis.groups[0]?.findings).toHaveLength(5);
  });
});

describe('GET /api/diagnosis', () => {
  const at = Date.now() * 1_000 - epoch - 1_000_000;
  const root = span({ name: 'get /orders', kind: 'SERVER', at, duration: 50 * ms });
  const lost = span({ traceId: '00000000000000b2', name: 'query', at: at + 5 * ms });

  it('tells of one trace what it says itself, and what the others of its time say', async () => {
    const collector = await testCollector();
    await post(collector, [root, lost] as never[]);
    for (const id of [root.traceId, lost.traceId]) {
      const { json } = await get(collector, `/api/diagnosis/${id}`);
      expect(json).toMatchObject([
        {
          kind: 'lost-inside',
          count: 1,
          places: [
            { traceId: lost.traceId, key: lost.id, service: 'shop', name: 'query' },
            { traceId: root.traceId, key: root.id },
          ],
        },
      ]);
    }
    expect(await get(collector, '/api/diagnosis/ff')).toMatchObject({
      status: 404,
      text: '00000000000000ff not found',
    });
  });

  it('tells of each trace that was lost, however many there are', async () => {
    const collector = await testCollector();
    const many = Array.from({ length: 30 }, (_, i) => {
      const traceId = (i + 256).toString(16).padStart(16, '0');
      return span({ traceId, name: 'query', at: at + i * ms, duration: ms });
    });
    await post(collector, [root, ...many] as never[]);
    for (const { traceId } of many) {
      const { json } = await get(collector, `/api/diagnosis/${traceId}`);
      const [{ kind, places }] = json as [Finding];
      expect([kind, places.some((place) => place.traceId === traceId)]).toEqual([
        'lost-inside',
        true,
      ]);
      expect(places.length).toBeLessThanOrEqual(20);
    }
  });

  it('takes the parameters of a search', async () => {
    const collector = await testCollector();
    await post(collector, [root, lost] as never[]);
    const groups = async (query: string) =>
      (await get(collector, `/api/diagnosis${query}`)).json as { groups: unknown[] };
    expect((await groups('')).groups).toHaveLength(1);
    expect(await groups('?serviceName=stock')).toEqual({ traces: 0, groups: [] });
    expect(await get(collector, '/api/diagnosis?limit=5001')).toMatchObject({
      status: 400,
      text: 'limit is more than 5000',
    });
    expect(await get(collector, '/api/diagnosis?lookback=x')).toMatchObject({ status: 400 });
  });

  it('names the call site of a span, in the names of today and in the older ones', async () => {
    const collector = await testCollector();
    const tags = {
      'code.file.path': '/app/a.js',
      'code.line.number': '3',
      'code.function.name': 'f',
    };
    const older = { 'code.filepath': '/app/b.js', 'code.lineno': '0', 'code.function': '' };
    const far = { at: at + 90_000_000 };
    await post(collector, [
      span({ ...far, parentId: 'ff', tags }),
      span({ ...far, parentId: 'fe', tags: older }),
    ] as never[]);
    const { json } = await get(collector, `/api/diagnosis/${root.traceId}`);
    const sites = (json as Finding[]).flatMap(({ places }) =>
      places.map(({ callSite }) => callSite),
    );
    expect(sites).toEqual([{ file: '/app/a.js', line: 3, name: 'f' }, { file: '/app/b.js' }]);
  });
});
