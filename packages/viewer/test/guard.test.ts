import { type IncomingHttpHeaders, request } from 'node:http';
import { describe, expect, it } from 'vitest';
import { span, testCollector } from './support/collector.js';

interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  text: string;
}

/** fetch sets Host, Origin and Sec-Fetch-Site by itself, so these tests speak HTTP by hand. */
function ask(
  { port }: { port: number },
  path: string,
  headers: Record<string, string>,
  method = 'GET',
  body = '',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, path, method, headers, agent: false },
      (got) => {
        let text = '';
        got.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        got.on('end', () => resolve({ status: got.statusCode, headers: got.headers, text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const SPANS = '/api/v2/spans';
const BODY = JSON.stringify([span()]);

describe('the collector', () => {
  it.each([
    'localhost',
    'localhost:1',
    '127.0.0.1:9411',
    '127.8.8.8',
    '[::1]:9411',
    'app.localhost',
  ])('answers the Host %s', async (host) => {
    const collector = await testCollector();
    expect((await ask(collector, '/api/v2/services', { host })).status).toBe(200);
  });

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '0.0.0.0',
  ])('refuses the Host %s with 403 and a sentence', async (host) => {
    const collector = await testCollector();
    const { status, text } = await ask(collector, SPANS, { host }, 'POST', BODY);
    expect(status).toBe(403);
    expect(text).toContain('this host name is not answered here');
    expect(collector.added.spans).toBe(0);
  });

  it.each(['x y', 'a@localhost:b'])('refuses the malformed Host %s with 400', async (host) => {
    const collector = await testCollector();
    expect((await ask(collector, SPANS, { host }, 'POST', BODY)).status).toBe(400);
    expect(collector.added.spans).toBe(0);
  });

  it('answers addresses of this machine when it listens on all of them, but no names', async () => {
    const collector = await testCollector({ host: '0.0.0.0' });
    expect((await ask(collector, '/health', { host: '192.168.1.7:9411' })).status).toBe(200);
    expect((await ask(collector, '/health', { host: 'evil.example' })).status).toBe(403);
    const from = (origin: string) =>
      ask(collector, SPANS, { host: '192.168.1.7:9411', origin }, 'POST', BODY);
    expect((await from('http://192.168.1.7:9411')).status).toBe(202);
    expect((await from('http://192.168.1.8:9411')).status).toBe(403);
  });

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example', 'file://localhost'])(
    'refuses the Origin %s with 403',
    async (origin) => {
      const collector = await testCollector();
      const post = await ask(collector, SPANS, { origin }, 'POST', BODY);
      expect(post).toMatchObject({ status: 403 });
      expect(post.headers).not.toHaveProperty('access-control-allow-origin');
      expect((await ask(collector, '/api/v2/traces', { origin })).status).toBe(403);
      expect(
        (
          await ask(
            collector,
            SPANS,
            { origin, 'access-control-request-method': 'POST' },
            'OPTIONS',
          )
        ).status,
      ).toBe(403);
      expect(collector.added.spans).toBe(0);
    },
  );

  it.each(['http://localhost:3000', 'http://127.0.0.1:5173', 'https://[::1]'])(
    'lets a program in a browser at %s post spans, and not read',
    async (origin) => {
      const collector = await testCollector();
      const preflight = await ask(
        collector,
        SPANS,
        {
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,b3',
        },
        'OPTIONS',
      );
      expect(preflight.status).toBe(204);
      expect(preflight.headers).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type,b3',
      });
      const posted = await ask(
        collector,
        SPANS,
        { origin, 'sec-fetch-site': 'cross-site' },
        'POST',
        BODY,
      );
      expect(posted.status).toBe(202);
      expect(posted.headers['access-control-allow-origin']).toBe(origin);
      for (const path of ['/api/v2/traces', '/api/v2/spans?serviceName=shop']) {
        const read = await ask(collector, path, { origin });
        expect(read.headers).not.toHaveProperty('access-control-allow-origin');
      }
      expect(collector.added.spans).toBe(1);
    },
  );

  it('refuses what elements of pages of other sites load, and follows their links', async () => {
    const collector = await testCollector();
    const site = { 'sec-fetch-site': 'cross-site' };
    const script = await ask(collector, '/api/v2/traces', { ...site, 'sec-fetch-mode': 'no-cors' });
    expect(script.status).toBe(403);
    const link = await ask(collector, '/health', { ...site, 'sec-fetch-mode': 'navigate' });
    expect(link.status).toBe(200);
  });

  it('tells browsers to be strict, on every answer', async () => {
    const collector = await testCollector();
    for (const [path, host] of [
      ['/health', 'localhost'],
      ['/api/v2/traces', 'localhost'],
      ['/api/v2/trace/x', 'localhost'],
      ['/nothing.js', 'localhost'],
      ['/', 'evil.example'],
    ] as const) {
      const { headers } = await ask(collector, path, { host });
      expect(headers['content-security-policy'], path).toContain(
        "default-src 'none'; script-src 'self'",
      );
      expect(headers['content-security-policy']).not.toContain('unsafe');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    }
  });
});
