import { renderTrace, type Span } from 'opentracing-viewer';
import { describe, expect, it } from 'vitest';

function span(id: number, fields: Partial<Span> = {}): Span {
  return {
    traceId: '00000000000000a1',
    id: id.toString(16).padStart(16, '0'),
    ...(id === 1 ? {} : { parentId: '0000000000000001' }),
    name: `step ${id}`,
    timestamp: 1_700_000_000_000_000 + id * 100,
    duration: 100,
    localEndpoint: { serviceName: 'shop' },
    ...fields,
  };
}

/** The lines of the spans, without bars and runs of spaces. */
function lines(spans: readonly Span[], width = 100): string[] {
  const [, ...rest] = renderTrace(spans, { width }).split('\n');
  return rest.map((line) => line.replace(/━+/, '━').replace(/ +/g, ' '));
}

describe('renderTrace', () => {
  it('draws children under their parents, by their start', () => {
    const p = (id: number) => ({ parentId: id.toString(16).padStart(16, '0') });
    expect(lines([span(5), span(2), span(3, p(2)), span(4, p(3)), span(1)])).toEqual([
      'shop step 1 ━ 100 µs',
      'shop ├ step 2 ━ 100 µs',
      'shop │ └ step 3 ━ 100 µs',
      'shop │ └ step 4 ━ 100 µs',
      'shop └ step 5 ━ 100 µs',
    ]);
  });

  it('draws the server half of a call under the client half, and the rest under its own service', () => {
    const shared: Span = span(2, {
      name: 'server',
      kind: 'SERVER',
      shared: true,
      localEndpoint: { serviceName: 'stock' },
    });
    const inside: Span = span(3, {
      name: 'query',
      parentId: shared.id,
      localEndpoint: { serviceName: 'stock' },
    });
    expect(lines([span(1), span(2, { name: 'client', kind: 'CLIENT' }), shared, inside])).toEqual([
      'shop step 1 ━ 100 µs',
      'shop └ → client ━ 100 µs',
      'stock └ ← server ━ 100 µs',
      'stock └ query ━ 100 µs',
    ]);
  });

  it('draws spans whose parent is missing, and circles of parents, each once', () => {
    const orphan = span(7, { parentId: '00000000000000ff' });
    const a = span(8, { parentId: '0000000000000009' });
    const b = span(9, { parentId: '0000000000000008' });
    expect(lines([a, orphan, b, span(1)])).toHaveLength(4);
    expect(lines([])).toEqual([]);
  });

  it('hangs a span whose parent is missing on a broken line under the root', () => {
    expect(lines([span(1), span(2, { parentId: '00000000000000ff' }), span(3)])).toEqual([
      'shop step 1 ━ 100 µs',
      'shop ├┄step 2 ━ 100 µs',
      'shop └ step 3 ━ 100 µs',
    ]);
  });

  it('draws a server whose clock is wrong inside of its call', () => {
    const [, client, server] = renderTrace([
      span(1, { kind: 'CLIENT', duration: 1_000, localEndpoint: { ipv4: '10.0.0.1' } }),
      span(2, {
        kind: 'SERVER',
        timestamp: 1_600_000_000_000_000,
        duration: 1_000,
        localEndpoint: { ipv4: '10.0.0.2' },
      }),
    ]).split('\n');
    expect(server?.indexOf('━')).toBe(client?.indexOf('━'));
  });

  it('draws a trace that is deeper than the call stack', () => {
    const deep = Array.from({ length: 20_000 }, (_, i) =>
      span(i + 1, i === 0 ? {} : { parentId: i.toString(16).padStart(16, '0') }),
    );
    expect(lines(deep)).toHaveLength(20_000);
  });

  it('shows a time line: each bar begins and ends where its span does', () => {
    const [, whole, half, instant] = renderTrace(
      [
        span(1, { timestamp: 1_000_000, duration: 1_000, name: 'x' }),
        span(2, { timestamp: 1_000_500, duration: 500, name: 'x' }),
        span(3, { timestamp: 1_001_000, duration: undefined, name: 'x' }),
      ],
      { width: 80 },
    ).split('\n');
    const bar = (line = '') => ({ from: line.indexOf('━'), to: line.lastIndexOf('━') });
    const { from, to } = bar(whole);
    expect(bar(half).from).toBe(from + Math.floor((to - from + 1) / 2));
    expect(bar(half).to).toBe(to);
    expect(bar(instant)).toEqual({ from: to, to });
  });

  it('marks failed spans without colours too, and says how many there are', () => {
    const text = renderTrace([span(1), span(2, { tags: { error: '' } })], { width: 80 });
    expect(text).toContain(', 1 error, ');
    expect(text.split('\n').map((line) => line.endsWith('✗'))).toEqual([false, false, true]);
    expect(text).not.toContain('\u001b');
  });

  it('adds the path to the spans of HTTP that are named after their method alone', () => {
    const url = 'http://127.0.0.1:8080/orders/7?full=1';
    expect(
      lines([
        span(1, { name: 'get', tags: { 'http.url': url } }),
        span(2, { name: 'post', tags: { 'http.url': url, 'http.route': '/orders/:id' } }),
        span(3, { name: 'put', tags: { 'http.path': '/x' } }),
        span(4, { name: 'delete', tags: { 'http.url': '/y?z' } }),
        span(5, { name: 'head' }),
        span(6, { name: 'fetch', tags: { 'http.path': '/x' } }),
      ]),
    ).toEqual([
      'shop get /orders/7 ━ 100 µs',
      'shop ├ post /orders/:id ━ 100 µs',
      'shop ├ put /x ━ 100 µs',
      'shop ├ delete /y ━ 100 µs',
      'shop ├ head ━ 100 µs',
      'shop └ fetch ━ 100 µs',
    ]);
  });

  it('uses colours when asked', () => {
    const text = renderTrace([span(1, { tags: { error: '' } })], { color: true });
    expect(text).toContain('\u001b[31m');
  });

  it('neutralises control characters of the spans', () => {
    const evil = 'a\u001b[2J\u0007\r\nb\u009b31m\u202ec\u200b';
    const text = renderTrace(
      [
        span(1, {
          name: evil,
          localEndpoint: { serviceName: evil },
          tags: { [evil]: evil },
          annotations: [{ timestamp: 1, value: evil }],
        }),
      ],
      { width: 200, verbose: true },
    );
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test is about them
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u200b]/);
    expect(text).toContain('a\\x1b[2J\\x07\\r\\nb\\x9b31m\\u202ec\\u200b: a\\x1b');
    expect(text.split('\n')).toHaveLength(1 + 1 + 3);
  });

  it('marks the sides of messages too', () => {
    const kinds = (['PRODUCER', 'CONSUMER'] as const).map((kind, i) => span(i + 2, { kind }));
    expect(lines([span(1), ...kinds]).slice(1)).toEqual([
      'shop ├ ⇢ step 2 ━ 100 µs',
      'shop └ ⇠ step 3 ━ 100 µs',
    ]);
  });

  it('prints the fields of a log one a line, and a stack line by line', () => {
    const at = (offset: number, value: string) => ({
      timestamp: 1_700_000_000_000_100 + offset,
      value,
    });
    const text = renderTrace(
      [
        span(1, {
          tags: { note: 'two\nlines', 'error.stack': 'Error: no\n    at one.js:1' },
          annotations: [
            at(1, 'retry'),
            at(2, 'two words, a=b'),
            at(3, 'event=error message=sold out stack=Error: sold out\n    at shop.js:7'),
            at(4, 'attempt=2'),
          ],
        }),
      ],
      { verbose: true },
    );
    const [, , ...details] = text.split('\n').map((line) => line.slice('shop   '.length));
    expect(details).toEqual([
      'id: 0000000000000001',
      'note: two\\nlines',
      'error.stack: Error: no',
      '      at one.js:1',
      'at 1 µs: retry',
      'at 2 µs: two words, a=b',
      'at 3 µs:',
      '  event: error',
      '  message: sold out',
      '  stack: Error: sold out',
      '        at shop.js:7',
      'at 4 µs: attempt: 2',
    ]);
  });

  it.each([40, 80, 200])('keeps to %d columns with wide characters and long names', (width) => {
    const names = ['長い名前'.repeat(30), 'e\u0301'.repeat(200), '🦉'.repeat(80), 'x'.repeat(300)];
    const text = renderTrace(
      names.map((name, i) =>
        span(i + 1, {
          name,
          kind: 'CLIENT',
          tags: { error: '' },
          localEndpoint: { serviceName: name },
        }),
      ),
      { width },
    );
    for (const line of text.split('\n').slice(1)) {
      const columns = [...line.replace(/\p{Mark}/gu, '')].reduce(
        (sum, character) => sum + (/[長い名前🦉]/u.test(character) ? 2 : 1),
        0,
      );
      expect(columns).toBe(width);
    }
  });
});
