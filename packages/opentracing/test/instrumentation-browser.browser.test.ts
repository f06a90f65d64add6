import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { launchChromium, missingChromium } from '../../../test/support/chromium.js';
import { browserProgram, type SiteServer, startSite } from './browser-helpers.js';

const TRACE_HEADERS = 'mockpfx-ids-traceid, mockpfx-ids-spanid, content-type';

/** A span as the program of the page tells it. */
interface Told {
  name: string;
  parent: string | null;
  tags: Record<string, unknown>;
  events: unknown[];
}

/** A span as Zipkin gets it. */
interface ZipkinSpan {
  tags: Record<string, string>;
  annotations?: { value: string }[];
}

interface Case {
  /** The body of an async function of the page. */
  readonly does: string;
  readonly span: { status?: number; error?: true; events?: string[] };
}

const FETCH: Record<string, Case> = {
  'a body that is read': {
    does: `const response = await fetch('/words');
      return [response.url, response.type, (await response.text()).length, response.bodyUsed]`,
    span: { status: 200 },
  },
  'a body that is read as JSON': {
    does: "return (await fetch('/json')).json()",
    span: { status: 200 },
  },
  'a body that is streamed': {
    does: `let size = 0;
      const reader = (await fetch('/words')).body.getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        size += read.value.byteLength;
      }
      return size`,
    span: { status: 200 },
  },
  'a body in a loop': {
    does: `let size = 0;
      for await (const chunk of (await fetch('/words')).body) size += chunk.byteLength;
      return size`,
    span: { status: 200 },
  },
  'a body that is piped through a transform': {
    does: `let size = 0;
      const { body } = await fetch('/words');
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      for (let read = await reader.read(); !read.done; read = await reader.read()) {
        size += read.value.length;
      }
      return size`,
    span: { status: 200 },
  },
  'a response that is cloned': {
    does: `const response = await fetch('/words');
      const clone = response.clone();
      return [(await clone.text()).length, (await response.text()).length]`,
    span: { status: 200 },
  },
  'a body that the program cancels': {
    does: "return (await fetch('/part')).body.cancel()",
    span: { status: 200, events: ['aborted'] },
  },
  'a body that is aborted for a reason of the program': {
    does: `const controller = new AbortController();
      const response = await fetch('/part', { signal: controller.signal });
      const text = response.text();
      controller.abort(new Error('the user went on'));
      return text`,
    span: { status: 200, events: ['aborted'] },
  },
  'a body that is aborted': {
    does: `const controller = new AbortController();
      const response = await fetch('/part', { signal: controller.signal });
      const text = response.text();
      controller.abort();
      return text`,
    span: { status: 200, events: ['aborted'] },
  },
  'a request that is aborted': {
    does: `const controller = new AbortController();
      const response = fetch('/never', { signal: controller.signal });
      setTimeout(() => controller.abort(), 10);
      return response`,
    span: { error: true, events: ['error'] },
  },
  'a request that takes too long': {
    does: "return fetch('/never', { signal: AbortSignal.timeout(20) })",
    span: { error: true, events: ['error'] },
  },
  'a connection that is reset': {
    does: "return fetch('/reset', { method: 'POST', body: 'x' })",
    span: { error: true, events: ['error'] },
  },
  'a connection that is cut in the body': {
    does: "return (await fetch('/cut')).text()",
    span: { status: 200, error: true, events: ['error'] },
  },
  'a page that is not found': {
    does: "return (await fetch('/not-found')).text()",
    span: { status: 404, error: true },
  },
  'a server that fails': {
    does: "return (await fetch('/failed')).text()",
    span: { status: 500, error: true },
  },
  'a response without a body': {
    does: "return (await fetch('/empty')).status",
    span: { status: 204 },
  },
  'an answer to HEAD': {
    does: "return (await fetch('/words', { method: 'head' })).status",
    span: { status: 200 },
  },
  'a redirect': {
    does: `const response = await fetch('/moved');
      return [response.url, response.redirected, (await response.text()).length]`,
    span: { status: 200, events: ['redirected'] },
  },
  'a redirect that is not followed': {
    does: `const response = await fetch('/moved', { redirect: 'manual' });
      return [response.type, response.status]`,
    span: {},
  },
  'a redirect that is refused': {
    does: "return fetch('/moved', { redirect: 'error' })",
    span: { error: true, events: ['error'] },
  },
  'a request that outlives its page': {
    does: "return (await fetch('/echo', { method: 'POST', body: 'x', keepalive: true })).text()",
    span: { status: 200 },
  },
  'a Request': {
    does: `return (await fetch(new Request('/headers', { headers: { 'X-Mine': 'kept' } }))).json()`,
    span: { status: 200 },
  },
  'a Request with a body': {
    does: `const request = new Request('/echo', { method: 'PUT', body: 'a body' });
      return [await (await fetch(request)).text(), request.bodyUsed]`,
    span: { status: 200 },
  },
  'a Request that keeps its referrer': {
    does: "return (await fetch(new Request('/referrer', { referrer: '/elsewhere' }))).text()",
    span: { status: 200 },
  },
  'a Request with other options': {
    does: `const request = new Request('/headers', { headers: { 'X-Mine': 'first' } });
      return (await fetch(request, { headers: { 'X-Mine': 'second' } })).json()`,
    span: { status: 200 },
  },
  'no CORS': {
    does: `const response = await fetch(OTHER + '/words', { mode: 'no-cors' });
      return [response.type, response.status]`,
    span: {},
  },
  'another origin': {
    does: "return (await (await fetch(OTHER + '/words')).text()).length",
    span: { status: 200 },
  },
};

const XHR: Record<string, Case> = {
  'a response': {
    does: "return request('GET', '/words')",
    span: { status: 200 },
  },
  'a response as JSON': {
    does: "return request('GET', '/json', (xhr) => { xhr.responseType = 'json'; })",
    span: { status: 200 },
  },
  'a body that is sent': {
    does: "return request('post', '/echo', () => {}, 'a body')",
    span: { status: 200 },
  },
  'a header of the program': {
    does: "return request('GET', '/headers', (xhr) => xhr.setRequestHeader('X-Mine', 'kept'))",
    span: { status: 200 },
  },
  'a page that is not found': {
    does: "return request('GET', '/not-found')",
    span: { status: 404, error: true },
  },
  'a redirect': {
    does: "return request('GET', '/moved')",
    span: { status: 200 },
  },
  'no body': {
    does: "return request('GET', '/empty')",
    span: { status: 204 },
  },
  'a connection that is reset': {
    does: "return request('POST', '/reset', () => {}, 'x')",
    span: { error: true, events: ['error'] },
  },
  'a connection that is cut in the body': {
    does: "return request('GET', '/cut')",
    span: { status: 200, error: true, events: ['error'] },
  },
  'a timeout': {
    does: "return request('GET', '/never', (xhr) => { xhr.timeout = 30; })",
    span: { error: true, events: ['timeout'] },
  },
  'a request that is given up': {
    does: "return request('GET', '/never', (xhr) => { setTimeout(() => xhr.abort(), 20); })",
    span: { error: true, events: ['aborted'] },
  },
  'a response that is given up': {
    does: `return request('GET', '/part', (xhr) => {
      xhr.addEventListener('progress', () => xhr.abort());
    })`,
    span: { status: 200, events: ['aborted'] },
  },
  'another origin': {
    does: "return request('GET', OTHER + '/words')",
    span: { status: 200 },
  },
  'a synchronous request': {
    does: `const xhr = new XMLHttpRequest();
      const seen = [];
      for (const type of EVENTS) xhr.addEventListener(type, () => seen.push(type));
      xhr.open('GET', '/words', false);
      xhr.send();
      return [xhr.status, xhr.responseText.length, seen]`,
    span: { status: 200 },
  },
  'a synchronous request that fails': {
    does: `const xhr = new XMLHttpRequest();
      xhr.open('POST', '/reset', false);
      xhr.send('x')`,
    span: { error: true, events: ['error'] },
  },
};

/** What the cases use. */
const SUPPORT = `
globalThis.EVENTS = ['readystatechange', 'loadstart', 'load', 'loadend', 'abort', 'error', 'timeout'];
globalThis.request = (method, url, prepare = () => {}, body = null) => new Promise((resolve) => {
  const xhr = new XMLHttpRequest();
  const seen = [];
  for (const type of EVENTS) {
    const say = (how) => () => seen.push(type + ' ' + how + ' ' + xhr.readyState + ' ' + xhr.status);
    const handler = say('handler');
    xhr['on' + type] = handler;
    if (xhr['on' + type] !== handler) seen.push('another handler of ' + type);
    xhr.addEventListener(type, say('listener'));
    xhr.addEventListener(type, { handleEvent: say('object') });
    const removed = say('removed');
    xhr.addEventListener(type, removed);
    xhr.removeEventListener(type, removed);
  }
  xhr.addEventListener('loadend', () => {
    const { response, responseURL } = xhr;
    const text = typeof response === 'string' ? response.length : response;
    resolve({ seen, text, responseURL });
  });
  xhr.open(method, url);
  prepare(xhr);
  xhr.send(body);
});
globalThis.outcome = async (fn) => {
  try {
    return { value: await fn() };
  } catch (error) {
    return { name: error.name, message: error.message };
  }
};
`;

describe.skipIf(missingChromium !== '')('a page that is traced', () => {
  let browser: Browser;
  let site: SiteServer;
  let other: SiteServer;
  let strict: SiteServer;
  let programs: Record<string, string>;

  beforeAll(async () => {
    browser = await launchChromium();
    programs = {
      'without zone.js': await browserProgram(false),
      'with zone.js': await browserProgram(true),
    };
  });
  beforeEach(async () => {
    site = await startSite();
    other = await startSite(TRACE_HEADERS);
    strict = await startSite();
    onTestFinished(async () => {
      await Promise.all([site, other, strict].map((server) => server.close()));
    });
  });
  afterAll(() => browser?.close());

  /** A page with the program in it. */
  async function load(program: string, url: string, foreign: string): Promise<Page> {
    const page = await browser.newPage();
    await page.goto(url);
    await page.addScriptTag({ content: `globalThis.OTHER = '${foreign}';${SUPPORT}` });
    await page.addScriptTag({ content: programs[program] as string });
    return page;
  }

  /** The same for one test. */
  async function open(program: string): Promise<Page> {
    const page = await load(program, site.url, other.url);
    onTestFinished(() => page.close());
    return page;
  }

  function run(page: Page, body: string): Promise<unknown> {
    return page.evaluate(`outcome(async () => { ${body} })`);
  }

  async function told(page: Page, count: number): Promise<Told[]> {
    return (await page.evaluate(`spans(${count})`)) as Told[];
  }

  describe.each(['without zone.js', 'with zone.js'])('%s', (program) => {
    const cases = [
      ...Object.entries(FETCH).map(([name, test]) => ({ api: 'fetch', name, ...test })),
      ...Object.entries(XHR).map(([name, test]) => ({ api: 'XMLHttpRequest', name, ...test })),
    ];

    describe('does what it did, in one span', () => {
      let pages: { plain: Page; traced: Page };
      let servers: SiteServer[];

      beforeAll(async () => {
        servers = [await startSite(), await startSite(TRACE_HEADERS)];
        const [own, foreign] = servers as [SiteServer, SiteServer];
        pages = {
          plain: await load(program, own.url, foreign.url),
          traced: await load(program, own.url, foreign.url),
        };
        await pages.traced.evaluate('install({})');
      });
      afterAll(async () => {
        await Promise.all([pages?.plain.close(), pages?.traced.close()]);
        await Promise.all(servers.map((server) => server.close()));
      });

      it.each(cases)('by $api: $name', async ({ api, does, span }) => {
        const { plain, traced } = pages;
        const expected = await run(plain, does);
        await traced.evaluate('tracer.reset()');
        expect(await run(traced, does)).toEqual(expected);
        const spans = (await told(traced, 1)).filter(({ tags }) => tags.component !== 'page');
        expect(
          spans.map(({ tags, events }) => ({
            component: tags.component,
            status: tags['http.status_code'],
            error: tags.error,
            events,
          })),
        ).toEqual([{ component: api, status: undefined, error: undefined, events: [], ...span }]);
        expect(await traced.evaluate('errors')).toEqual([]);
      });
    });

    it('has the active span as the parent, and tells the server', async () => {
      const page = await open(program);
      await page.evaluate('install({})');
      await run(
        page,
        `await inParent(() => Promise.all([
          fetch('/words?token=secret').then((response) => response.text()),
          request('GET', '/json?token=secret'),
        ]))`,
      );
      const spans = (await told(page, 5)).filter(({ tags }) => tags['span.kind'] === 'client');
      const { port } = new URL(site.url);
      for (const [component, path] of [
        ['fetch', '/words'],
        ['XMLHttpRequest', '/json'],
      ] as const) {
        const span = spans.find(({ tags }) => tags.component === component);
        expect(span).toEqual({
          name: 'GET',
          parent: 'parent',
          tags: {
            'span.kind': 'client',
            component,
            'http.method': 'GET',
            'http.url': site.url + path,
            'http.status_code': 200,
            'peer.hostname': '127.0.0.1',
            'peer.ipv4': '127.0.0.1',
            'peer.port': Number(port),
          },
          events: [],
        });
        const { headers } = site.request(`${path}?token=secret`);
        expect(headers['mockpfx-ids-spanid']).toMatch(/^\w+$/);
      }
    });

    it('runs the listeners of an XMLHttpRequest in the scope of its sender', async () => {
      const page = await open(program);
      await page.evaluate('install({})');
      const seen = await run(
        page,
        `return inParent(() => new Promise((resolve) => {
          const parent = tracer.activeSpan;
          const seen = {};
          const xhr = new XMLHttpRequest();
          const see = (how) => function (event) {
            seen[how] = [tracer.activeSpan === parent, this === xhr, event.type];
          };
          xhr.onreadystatechange = see('onreadystatechange');
          xhr.onload = see('onload');
          xhr.open('GET', '/words');
          xhr.addEventListener('load', see('before'));
          xhr.addEventListener('load', { handleEvent: () => { seen.object = tracer.activeSpan === parent; } });
          xhr.send();
          xhr.addEventListener('load', see('after'));
          xhr.onloadend = () => setTimeout(() => resolve({ seen, left: tracer.activeSpan === null }));
        }))`,
      );
      const right = (type: string) => [true, true, type];
      expect(seen).toMatchObject({
        value: {
          seen: {
            onreadystatechange: right('readystatechange'),
            onload: right('load'),
            before: right('load'),
            object: true,
            after: right('load'),
          },
        },
      });
    });

    it('sends the context to the origins that are named, and asks no other for leave', async () => {
      const page = await open(program);
      await page.evaluate(`install({ propagateTo: ['${other.url}'] })`);
      const visit = (url: string) =>
        run(
          page,
          `return [
            (await (await fetch('${url}/words')).text()).length,
            (await request('GET', '${url}/json')).text,
          ]`,
        );
      expect(await visit(other.url)).toMatchObject({ value: [expect.any(Number), 11] });
      expect(await visit(strict.url)).toMatchObject({ value: [expect.any(Number), 11] });
      expect(other.request('/words').headers).toHaveProperty('mockpfx-ids-spanid');
      expect(other.request('/json').headers).toHaveProperty('mockpfx-ids-spanid');
      expect(strict.asked.map(({ method }) => method)).toEqual(['GET', 'GET']);
      expect(strict.request('/words').headers).not.toHaveProperty('mockpfx-ids-spanid');
      const spans = await told(page, 6);
      expect(spans.filter(({ tags }) => tags['span.kind'] === 'client')).toHaveLength(5);
    });

    it('is as before once it is taken out', async () => {
      const page = await open(program);
      const report = await run(
        page,
        `const methods = () => [
            fetch, XMLHttpRequest.prototype.open, XMLHttpRequest.prototype.send,
            XMLHttpRequest.prototype.addEventListener,
            Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, 'onload')?.set,
          ];
          const before = methods();
          const stop = install({});
          const own = fetch;
          stop();
          await (await own('/words')).text();
          await (await fetch('/words')).text();
          await request('GET', '/words');
          return [before.map((method, i) => method === methods()[i]), tracer.finishedSpans().length]`,
      );
      expect(report).toEqual({ value: [[true, true, true, true, true], 0] });
    });
  });

  it('has a span for each request of an object that is used again', async () => {
    const page = await open('without zone.js');
    await page.evaluate('install({})');
    await run(
      page,
      `await new Promise((resolve) => {
        const xhr = new XMLHttpRequest();
        let count = 0;
        xhr.onreadystatechange = () => {
          if (xhr.readyState !== 4) return;
          count++;
          if (count === 3) return resolve();
          xhr.open('GET', '/words?' + count);
          xhr.send();
        };
        xhr.open('GET', '/words?0');
        xhr.send();
      });
      const xhr = new XMLHttpRequest();
      xhr.open('GET', '/never');
      xhr.send();
      xhr.open('GET', '/json');
      await new Promise((resolve) => {
        xhr.onload = resolve;
        xhr.send();
      });`,
    );
    const spans = await told(page, 7);
    expect(
      spans
        .filter(({ tags }) => tags.component === 'XMLHttpRequest')
        .map(({ tags, events }) => [tags['http.status_code'], tags.error, events]),
    ).toEqual([
      [200, undefined, []],
      [200, undefined, []],
      [200, undefined, []],
      [undefined, true, ['aborted']],
      [200, undefined, []],
    ]);
  });

  it('refuses what XMLHttpRequest refuses, and has no span of it', async () => {
    const page = await open('without zone.js');
    const body = `const xhr = new XMLHttpRequest();
      const refusals = [];
      for (const wrong of [
        () => xhr.send(),
        () => xhr.open('NO METHOD', '/'),
        () => xhr.open(),
        () => xhr.setRequestHeader('x', 'y'),
        () => XMLHttpRequest.prototype.open.call({}, 'GET', '/'),
        () => { xhr.open('GET', '/words'); xhr.send(); xhr.send(); },
      ]) {
        refusals.push((await outcome(wrong)).message ?? 'none');
      }
      await new Promise((resolve) => { xhr.onloadend = resolve; });
      return refusals`;
    const expected = await run(page, body);
    await page.evaluate('install({})');
    expect(await run(page, body)).toEqual(expected);
    expect((await told(page, 3)).filter(({ name }) => name === 'GET')).toHaveLength(1);
    expect(await page.evaluate('errors')).toEqual([]);
  });

  it('passes on Requests of another frame as they are, with the headers of the trace', async () => {
    const page = await open('without zone.js');
    await page.evaluate('install({})');
    const answers = await run(
      page,
      `const frame = document.body.appendChild(document.createElement('iframe'));
      const { Request } = frame.contentWindow;
      const init = { method: 'PUT', body: 'of the frame', headers: { 'x-mine': 'kept' } };
      return [
        await (await fetch(new Request('/headers', init))).json(),
        await (await fetch(new Request('/echo', init))).text(),
      ]`,
    );
    expect(answers).toEqual({ value: ['kept', 'of the frame'] });
    expect(site.request('/echo').headers).toHaveProperty('mockpfx-ids-spanid');
    const spans = await told(page, 4);
    expect(spans.filter(({ name }) => name === 'PUT').map(({ tags }) => tags['http.url'])).toEqual([
      `${site.url}/headers`,
      `${site.url}/echo`,
    ]);
  });

  it.each([
    ['the origin of its parent, of a frame without a URL', 'srcdoc="SCRIPT"', true],
    ['none, of a frame in a sandbox', 'src="/framed" sandbox="allow-scripts"', false],
  ])('knows as its own origin %s', async (_, attributes, isPropagated) => {
    const script = '<script src="/program.js"></script>';
    const files: Record<string, [type: string, body: string]> = {
      '/page': [
        'text/html',
        `<script>said = new Promise((say) => { onmessage = ({ data }) => say(data); });</script>
        <iframe ${attributes.replace('SCRIPT', script.replaceAll('"', ''))}></iframe>`,
      ],
      '/framed': ['text/html', script],
      '/program.js': [
        'text/javascript',
        `${SUPPORT}${programs['without zone.js']};
        install({});
        outcome(async () => [
          (await (await fetch('/words')).text()).length,
          (await request('GET', '/json')).text,
        ]).then((said) => parent.postMessage(said, '*'));`,
      ],
    };
    const own = await startSite('', ({ url = '' }, response) => {
      const [type, body] = files[url] ?? [];
      if (type !== undefined) response.setHeader('content-type', type).end(body);
      return type !== undefined;
    });
    const page = await browser.newPage();
    onTestFinished(() => page.close().then(own.close));
    await page.goto(`${own.url}/page`);
    expect(await page.evaluate('said')).toEqual({ value: [expect.any(Number), 11] });
    for (const path of ['/words', '/json']) {
      expect('mockpfx-ids-spanid' in own.request(path).headers).toBe(isPropagated);
    }
  });

  it('adds nothing to what is ignored, which may then be redirected to any origin', async () => {
    const page = await open('without zone.js');
    const from = await startSite('', ({ url }, response) => {
      if (url === '/away') response.writeHead(302, { location: `${strict.url}/json` }).end();
      return url === '/away';
    });
    onTestFinished(from.close);
    await page.goto(from.url);
    await page.addScriptTag({ content: SUPPORT + programs['without zone.js'] });
    await page.evaluate("install({ ignore: ({ url }) => url.pathname === '/away' })");
    const answers = await run(
      page,
      "return [await (await fetch('/away')).json(), (await request('GET', '/away')).text]",
    );
    expect(answers).toEqual({ value: [{ items: 3 }, 11] });
    expect(strict.asked.map(({ method }) => method)).toEqual(['GET', 'GET']);
  });

  it('leaves a header of a trace that the program has set alone', async () => {
    const page = await open('without zone.js');
    await page.evaluate('install({})');
    await run(
      page,
      "await request('GET', '/words', (xhr) => xhr.setRequestHeader('Mockpfx-Ids-SpanId', 'abc'))",
    );
    expect(site.request('/words').headers['mockpfx-ids-spanid']).toBe('abc');
  });

  it('passes on without a span what asks for that', async () => {
    const page = await open('without zone.js');
    await page.evaluate("install({ ignore: ({ url }) => url.pathname === '/empty' })");
    await run(
      page,
      `await fetch('/words', { headers: { b3: '0' } });
      await fetch('/empty');
      await request('GET', '/words', (xhr) => xhr.setRequestHeader('b3', '0'));
      await request('GET', '/empty');
      await fetch('data:text/plain,abc');`,
    );
    expect((await told(page, 2)).map(({ name }) => name).sort()).toEqual(['document', 'page load']);
  });

  it('gives the options requests and responses, and records headers', async () => {
    const page = await open('without zone.js');
    await page.evaluate(`install({
      captureRequestHeaders: ['x-mine'],
      captureResponseHeaders: ['Content-Type', 'Keep-Alive'],
      captureQuery: true,
      requestHook: (span, { method, url, headers }) =>
        span.setTag('asked', [method, url.pathname, headers.get('x-mine')].join()),
      responseHook: (span, { status, headers }) =>
        span.setTag('answered', [status, headers.get('content-type')].join()),
    })`);
    await run(
      page,
      `const headers = { 'X-Mine': 'value' };
      await (await fetch('/json?a=1&token=abc', { headers })).text();
      await request('GET', '/json?a=1&token=abc', (xhr) => xhr.setRequestHeader('X-Mine', 'value'));
      await request('GET', OTHER + '/json');`,
    );
    const spans = (await told(page, 5)).filter(({ name }) => name === 'GET');
    expect(spans).toHaveLength(3);
    for (const { tags } of spans.slice(0, 2)) {
      expect(tags).toMatchObject({
        'http.url': `${site.url}/json?a=1&token=REDACTED`,
        'http.request.header.x-mine': 'value',
        'http.response.header.content-type': 'application/json',
        asked: 'GET,/json,value',
        answered: '200,application/json',
      });
    }
  });

  it('survives hooks and tracers that throw, and tells of it', async () => {
    const page = await open('without zone.js');
    await page.evaluate(`
      const fail = () => { throw new Error('a hook'); };
      install({ ignore: fail, requestHook: fail, responseHook: fail, propagateTo: [fail] });
    `);
    const body = `return [
      (await (await fetch(OTHER + '/json')).text()).length,
      (await request('GET', OTHER + '/json')).text,
    ]`;
    expect(await run(page, body)).toEqual({ value: [11, 11] });
    await told(page, 4);
    expect(new Set((await page.evaluate('errors')) as string[])).toEqual(new Set(['a hook']));
    await page.evaluate("tracer.startSpan = () => { throw new Error('out of order'); }");
    expect(await run(page, body)).toEqual({ value: [11, 11] });
  });

  it('does not trace the requests by which spans are sent, to whatever origin', async () => {
    const page = await open('without zone.js');
    await page.evaluate(`
      globalThis.errorsOfExport = [];
      globalThis.real = createZipkinTracer({
        serviceName: 'page',
        url: OTHER + '/api/v2/spans',
        flushIntervalMs: 600_000,
        onError: ({ message }) => errorsOfExport.push(message),
      });
      install({ tracer: real });
    `);
    await run(page, "await (await fetch('/words')).text()");
    for (let flush = 0; flush < 3; flush++) {
      await page.evaluate('real.flush()');
    }
    const posts = other.asked.filter(({ method }) => method === 'POST');
    expect(posts).toHaveLength(1);
    expect(site.request('/words').headers).toHaveProperty('x-b3-spanid');
    expect(await page.evaluate('real.flush().then(() => errorsOfExport)')).toEqual([...[]]);
  });

  it('finishes what is open when the page goes away, in time to be sent', async () => {
    const page = await open('without zone.js');
    await page.evaluate(`
      globalThis.real = createZipkinTracer({
        serviceName: 'page',
        url: location.origin + '/api/v2/spans',
        flushIntervalMs: 600_000,
      });
      install({ tracer: real });
      fetch('/never');
      fetch('/words');
      const xhr = new XMLHttpRequest();
      xhr.open('GET', '/never?xhr');
      xhr.send();
    `);
    await expect.poll(() => site.asked.map(({ path }) => path)).toContain('/never?xhr');
    await page.goto(`${site.url}/next`);
    const abortedPaths = () =>
      site.asked
        .filter(({ method }) => method === 'POST')
        .flatMap(({ body }) => JSON.parse(body) as ZipkinSpan[])
        .filter(({ annotations = [] }) =>
          annotations.some(({ value }) => value.includes('went away')),
        )
        .map(({ tags }) => new URL(tags['http.url'] as string).pathname);
    await expect.poll(abortedPaths, { timeout: 15_000 }).toEqual(['/never', '/never']);
  });

  it('costs nothing but a check while no tracer is registered', async () => {
    const page = await open('without zone.js');
    await page.evaluate('instrumentBrowser()');
    const report = await run(
      page,
      `const response = await fetch('/words');
      await request('GET', '/words');
      return Object.getOwnPropertyNames(response)`,
    );
    expect(report).toEqual({ value: [] });
  });

  it('tells of wrong options where they are given', async () => {
    const page = await open('without zone.js');
    for (const [options, message] of [
      ['{ propagateTo: "https://a.example" }', 'give an array of origins'],
      [
        '{ propagateTo: ["https://a.example/path"] }',
        "has 'https://a.example/path'; give an origin",
      ],
      ['{ propagateTo: ["a.example"] }', "has 'a.example'; give an origin"],
      ['{ propagateTo: [7] }', 'has 7; give an origin'],
      ['{ ignore: 7 }', 'The ignore of instrumentBrowserFetch is 7'],
    ]) {
      expect(await run(page, `instrumentBrowser(${options})`)).toMatchObject({
        name: 'TypeError',
        message: expect.stringContaining(message as string),
      });
    }
  });

  it('takes expressions and functions for other origins', async () => {
    const page = await open('without zone.js');
    await page.evaluate(
      `install({ propagateTo: [/words$/g, ({ pathname }) => pathname === '/json'] })`,
    );
    await run(
      page,
      `for (const path of ['/words', '/json', '/empty']) {
        await (await fetch(OTHER + path)).text();
      }
      await request('GET', OTHER + '/words');`,
    );
    expect(
      other.asked
        .filter(({ method }) => method === 'GET')
        .map(({ path, headers }) => [path, 'mockpfx-ids-spanid' in headers]),
    ).toEqual([
      ['/words', true],
      ['/json', true],
      ['/empty', false],
      ['/words', true],
    ]);
  });
});
