import { FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP, type SpanContext } from 'opentracing-ts';
import { type BasicSpanContext, BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { type PropagationFormat, textPropagator } from 'opentracing-ts/propagation';
import { describe, expect, it } from 'vitest';

// Every rule is a row of a table: what comes in, and what goes on from the context that it gives.

type Fields = Record<string, string>;

const TRACE = '463ac35c9f6413ad48485a3953bb6124';
const SPAN = 'a2fb4a1d1a96d312';
const PARENT = '0020000000000001';
const IDS = { 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN };
const TRACEPARENT = `00-${TRACE}-${SPAN}-01`;

/** What is passed on of what came in; `null` where it gives no context. */
function passedOn(names: PropagationFormat[], headers: object): Fields | null {
  const propagator = textPropagator(names);
  const context = propagator.extract(headers);
  if (context === null) {
    return null;
  }
  const carrier: Fields = {};
  propagator.inject(context, carrier);
  return carrier;
}

describe('B3 in several headers', () => {
  it.each<[string, Fields, Fields | null]>([
    ['a decision as a word', { ...IDS, 'x-b3-sampled': 'TRUE' }, { ...IDS, 'x-b3-sampled': '1' }],
    ['a denial as a word', { ...IDS, 'x-b3-sampled': 'False' }, { ...IDS, 'x-b3-sampled': '0' }],
    ['a denial alone', { 'x-b3-sampled': '0' }, { 'x-b3-sampled': '0' }],
    ['debug alone', { 'x-b3-flags': '1' }, { 'x-b3-flags': '1' }],
    [
      'debug over a denial',
      { ...IDS, 'x-b3-flags': '1', 'x-b3-sampled': '0' },
      { ...IDS, 'x-b3-flags': '1' },
    ],
    ['flags that are not debug', { ...IDS, 'x-b3-flags': '0' }, IDS],
    ['another decision', { ...IDS, 'x-b3-sampled': 'maybe' }, null],
    ['no decision in its header', { ...IDS, 'x-b3-sampled': '' }, null],
    ['another decision with debug', { ...IDS, 'x-b3-sampled': '2', 'x-b3-flags': '1' }, null],
    ['a trace id alone', { 'x-b3-traceid': TRACE, 'x-b3-sampled': '1' }, null],
    ['a span id alone', { 'x-b3-spanid': SPAN, 'x-b3-sampled': '1' }, null],
    ['an id twice', { ...IDS, 'x-b3-spanid': `${SPAN}, ${SPAN}` }, null],
    ['an empty parent', { ...IDS, 'x-b3-parentspanid': '' }, null],
    ['names in any case', { 'X-B3-TRACEID': TRACE, 'X-b3-SpanId': SPAN }, IDS],
  ])('with %s', (_, headers, expected) => {
    expect(passedOn(['b3multi'], headers)).toEqual(expected);
  });

  it('goes before nothing: one header that is valid is read first, whichever name is configured', () => {
    const headers = { b3: `${TRACE}-${PARENT}-0`, ...IDS, 'x-b3-sampled': '1' };
    for (const name of ['b3', 'b3multi'] as const) {
      expect(textPropagator([name]).extract(headers)?.toSpanId()).toBe(PARENT);
    }
  });
});

describe('B3 over headers of another context, which a program forwards', () => {
  const STALE = {
    B3: `${TRACE}-${PARENT}-d`,
    'X-B3-ParentSpanId': PARENT,
    'x-b3-flags': '1',
    'x-other': 'b3',
  };
  const context = textPropagator(['b3']).extract({ b3: `${TRACE}-${SPAN}-1` }) as BasicSpanContext;
  const carriers: [string, () => object][] = [
    ['an object', () => ({ ...STALE })],
    ['Headers', () => new Headers(STALE)],
    ['a map', () => new Map(Object.entries(STALE))],
    ['pairs', () => Object.entries(STALE)],
    ['the raw headers of Node', () => Object.entries(STALE).flat()],
  ];
  const entriesOf = (carrier: object) =>
    carrier instanceof Map || carrier instanceof Headers
      ? [...carrier]
      : !Array.isArray(carrier)
        ? Object.entries(carrier)
        : Array.isArray(carrier[0])
          ? carrier
          : carrier.flatMap((name, i) => (i % 2 === 0 ? [[name, carrier[i + 1]]] : []));

  it.each(carriers)('leaves nothing of it in %s', (_, create) => {
    const single = create();
    textPropagator(['b3']).inject(context, single);
    expect(Object.fromEntries(entriesOf(single))).toEqual({
      b3: `${TRACE}-${SPAN}-1`,
      'x-other': 'b3',
    });
    const several = create();
    textPropagator(['b3multi']).inject(context, several);
    expect(Object.fromEntries(entriesOf(several))).toEqual({
      ...IDS,
      'x-b3-sampled': '1',
      'x-other': 'b3',
    });
  });

  it('writes both forms where both are asked for', () => {
    const carrier: Fields = { ...STALE };
    textPropagator(['b3', 'b3multi']).inject(context, carrier);
    expect(carrier).toEqual({
      b3: `${TRACE}-${SPAN}-1`,
      ...IDS,
      'x-b3-sampled': '1',
      'x-other': 'b3',
    });
  });
});

describe('B3 and the spans of a server', () => {
  const serve = (joinSpans: boolean, headers: object) => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder, joinSpans, propagation: ['b3'] });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, headers);
    const span = tracer.startSpan('serve', { childOf, tags: { 'span.kind': 'server' } });
    const carrier: Fields = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
    return { span, sent: carrier.b3 };
  };

  it.each([
    ['one header', { b3: `${TRACE}-${SPAN}-1-${PARENT}` }],
    ['several', { ...IDS, 'x-b3-parentspanid': PARENT, 'x-b3-sampled': '1' }],
  ])('are joined to those of the client with its parent, from %s', (_, headers) => {
    const { span, sent } = serve(true, headers);
    expect(span.isShared).toBe(true);
    expect(span.context().toSpanId()).toBe(SPAN);
    expect(span.parentId).toBe(PARENT);
    expect(sent).toBe(`${TRACE}-${SPAN}-1-${PARENT}`);
  });

  it('are children of those of the client otherwise', () => {
    const { span, sent } = serve(false, { b3: `${TRACE}-${SPAN}-1-${PARENT}` });
    expect(span.isShared).toBe(false);
    expect(span.parentId).toBe(SPAN);
    expect(sent).toBe(`${TRACE}-${span.context().toSpanId()}-1-${SPAN}`);
  });

  it('are roots with the decision that came alone', () => {
    const { span, sent } = serve(true, { b3: '0' });
    expect(span.isShared).toBe(false);
    expect(span.parentId).toBeNull();
    expect(sent).toMatch(/^[0-9a-f]{16}-[0-9a-f]{16}-0$/);
    expect(serve(false, { b3: 'd' }).sent).toMatch(/^[0-9a-f]{16}-[0-9a-f]{16}-d$/);
  });
});

describe('B3 and messages', () => {
  it('leaves out the parent of a span that is tagged as a producer', () => {
    const tracer = new BasicTracer({ propagation: ['b3', 'b3multi'] });
    const parent = tracer.startSpan('serve');
    const sent = (span: ReturnType<typeof tracer.startSpan>) => {
      const carrier: Fields = {};
      tracer.inject(span, FORMAT_TEXT_MAP, carrier);
      return [carrier.b3?.split('-').length, carrier['x-b3-parentspanid']];
    };
    const tags = { 'span.kind': 'producer' };
    expect(sent(tracer.startSpan('send', { childOf: parent, tags }))).toEqual([3, undefined]);
    const call = tracer.startSpan('call', { childOf: parent, tags: { 'span.kind': 'client' } });
    expect(sent(call)).toEqual([4, parent.context().toSpanId()]);
    expect(sent(call.setTag('span.kind', 'producer'))).toEqual([3, undefined]);
    expect(call.parentId).toBe(parent.context().toSpanId());
  });
});

describe('traceparent', () => {
  const valid = { traceparent: TRACEPARENT };
  const flags = (from: string, to: string): [string, Fields, Fields] => [
    `the flags ${from}`,
    { traceparent: `00-${TRACE}-${SPAN}-${from}` },
    { traceparent: `00-${TRACE}-${SPAN}-${to}` },
  ];
  it.each<[string, unknown, Fields | null]>([
    ['version 00', valid, valid],
    flags('00', '00'),
    flags('02', '02'),
    flags('03', '03'),
    flags('ff', '03'),
    flags('fc', '00'),
    flags('09', '01'),
    ['a later version', { traceparent: `cc-${TRACE}-${SPAN}-01` }, valid],
    ['a later version that is longer', { traceparent: `01-${TRACE}-${SPAN}-01-what-comes` }, valid],
    ['a later version that goes on otherwise', { traceparent: `cc-${TRACE}-${SPAN}-01.x` }, null],
    ['version 00 that is longer', { traceparent: `${TRACEPARENT}-x` }, null],
    ['version 00 with a character more', { traceparent: `${TRACEPARENT}.` }, null],
    ['version ff', { traceparent: `ff-${TRACE}-${SPAN}-01` }, null],
    ['a version that is no number', { traceparent: `.0-${TRACE}-${SPAN}-01` }, null],
    ['a version in upper case', { traceparent: `CC-${TRACE}-${SPAN}-01` }, null],
    ['a version of three digits', { traceparent: `000-${TRACE}-${SPAN}-01` }, null],
    ['a version of one digit', { traceparent: `0-${TRACE}-${SPAN}-01` }, null],
    ['a trace id of zeros', { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` }, null],
    ['a trace id of 31 digits', { traceparent: `00-${TRACE.slice(1)}-${SPAN}-01` }, null],
    ['a trace id of 33 digits', { traceparent: `00-1${TRACE}-${SPAN}-01` }, null],
    ['a span id of zeros', { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` }, null],
    ['a span id of 15 digits', { traceparent: `00-${TRACE}-${SPAN.slice(1)}-01` }, null],
    ['a span id of 17 digits', { traceparent: `00-${TRACE}-1${SPAN}-01` }, null],
    ['flags of one digit', { traceparent: `00-${TRACE}-${SPAN}-1` }, null],
    ['flags of three digits', { traceparent: `00-${TRACE}-${SPAN}-001` }, null],
    ['flags that are no number', { traceparent: `00-${TRACE}-${SPAN}-.0` }, null],
    ['other separators', { traceparent: `00_${TRACE}_${SPAN}_01` }, null],
    ['whitespace around it', { traceparent: `\t ${TRACEPARENT} \t` }, valid],
    ['other whitespace around it', { traceparent: `\u00a0${TRACEPARENT}` }, null],
    ['another header beside it', ['traceparent', TRACEPARENT, 'traceparent', TRACEPARENT], null],
    ['a name in upper case', { TRACEPARENT }, valid],
    ['another name', { 'trace-parent': TRACEPARENT }, null],
  ])('with %s', (_, headers, expected) => {
    expect(passedOn(['tracecontext'], headers as object)).toEqual(expected);
  });
});

describe('an id', () => {
  it.each<[string, PropagationFormat, (id: string) => Fields]>([
    [
      'traceparent, of a trace',
      'tracecontext',
      (id) => ({ traceparent: `00-${SPAN}${id}-${id}-01` }),
    ],
    ['traceparent, of a span', 'tracecontext', (id) => ({ traceparent: `00-${TRACE}-${id}-01` })],
    ['b3', 'b3', (id) => ({ b3: `${id}-${SPAN}` })],
    ['x-b3-parentspanid', 'b3multi', (id) => ({ ...IDS, 'x-b3-parentspanid': id })],
  ])('has lower-case hex digits and nothing else in every place, in %s', (_, name, headersOf) => {
    const propagator = textPropagator([name]);
    for (let place = 0; place < SPAN.length; place++) {
      let accepted = '';
      // Beyond ASCII too: headers come as Latin-1.
      for (let code = 0; code < 0x400; code++) {
        const digit = String.fromCharCode(code);
        const id = SPAN.slice(0, place) + digit + SPAN.slice(place + 1);
        accepted += propagator.extract(headersOf(id)) === null ? '' : digit;
      }
      expect(accepted).toBe('0123456789abcdef');
    }
  });
});

describe('tracestate', () => {
  const key = 'abcdefghijklmnopqrstuvwxyz0123456789_-*/';
  const value =
    '\x20!"#$%&\'()*+-./0123456789:;<>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~';
  const members = (count: number) =>
    Array.from({ length: count }, (_, i) => `bar${i}=${i}`).join(',');
  it.each<[string, string, string | undefined]>([
    ['several members, in their order', 'foo=1,bar=2', 'foo=1,bar=2'],
    ['all characters of keys and values', `${key}@${key}=${value}`, `${key}@${key}=${value}`],
    ['whitespace between members', ' foo=1 \t , \t bar=2,\tbaz=3 ', 'foo=1,bar=2,baz=3'],
    ['a value that begins with spaces', 'foo=  1', 'foo=  1'],
    ['empty members', ',foo=1, ,,bar=2,', 'foo=1,bar=2'],
    ['nothing', '', undefined],
    ['empty members alone', ' , ,', undefined],
    ['a key twice', 'foo=1,bar=2,foo=3', undefined],
    ['32 members', members(32), members(32)],
    ['33 members', members(33), undefined],
    ['a key of 256 characters', `${'z'.repeat(256)}=1`, `${'z'.repeat(256)}=1`],
    ['a key of 257 characters', `foo=1,${'z'.repeat(257)}=1`, undefined],
    ['a value of 256 characters', `foo=${'z'.repeat(256)}`, `foo=${'z'.repeat(256)}`],
    ['a value of 257 characters', `foo=${'z'.repeat(257)}`, undefined],
    ['a key in upper case', 'FOO=1', undefined],
    ['a key with a space', 'foo =1', undefined],
    ['a key with a dot', 'foo.bar=1', undefined],
    ['a key that begins otherwise', '@foo=1', undefined],
    ['no key', '=1', undefined],
    ['no value', 'foo=,bar=3', undefined],
    ['no equals sign', 'foo,bar=3', undefined],
    ['two equals signs', 'foo=bar=baz', undefined],
    ['a value with a tab', 'foo=a\tb', undefined],
    ['a value beyond ASCII', 'foo=\u00e9', undefined],
    ['the end of a header', 'foo=1\r\nx-evil: 1', undefined],
  ])('with %s is passed on, or left out where it is invalid', (_, tracestate, expected) => {
    expect(passedOn(['tracecontext'], { traceparent: TRACEPARENT, tracestate })).toEqual(
      expected === undefined
        ? { traceparent: TRACEPARENT }
        : { traceparent: TRACEPARENT, tracestate: expected },
    );
  });

  it.each<[string, unknown]>([
    [
      'an array of Node',
      ['traceparent', TRACEPARENT, 'TraceState', 'foo=1', 'tracestate', 'bar=2'],
    ],
    ['arrays as values', { traceparent: TRACEPARENT, tracestate: ['foo=1', 'bar=2'] }],
    [
      'a Headers',
      new Headers([
        ['traceparent', TRACEPARENT],
        ['tracestate', 'foo=1'],
        ['tracestate', 'bar=2'],
      ]),
    ],
    ['another case', { traceparent: TRACEPARENT, TraceState: 'foo=1, bar=2' }],
  ])('is joined from several headers, in %s', (_, headers) => {
    expect(passedOn(['tracecontext'], headers as object)?.tracestate?.replace(' ', '')).toBe(
      'foo=1,bar=2',
    );
  });

  it('counts for nothing without a valid traceparent', () => {
    expect(passedOn(['tracecontext'], { tracestate: 'foo=1' })).toBeNull();
    expect(
      passedOn(['tracecontext', 'b3'], { tracestate: 'foo=1', b3: `${TRACE}-${SPAN}-1` }),
    ).not.toHaveProperty('tracestate');
  });

  it('goes with every span of the trace, unchanged, also where the decision is changed', () => {
    const tracer = new BasicTracer({ propagation: ['tracecontext'] });
    const headers = { traceparent: `00-${TRACE}-${SPAN}-03`, tracestate: 'foo=1,bar=2' };
    const server = tracer.startSpan('serve', {
      childOf: tracer.extract(FORMAT_HTTP_HEADERS, headers),
    });
    const client = tracer.startSpan('call', { childOf: server });
    const silent = tracer.startSpan('call', { childOf: server, tags: { 'sampling.priority': 0 } });
    for (const [span, flags] of [
      [server, '03'],
      [client, '03'],
      [silent, '02'],
    ] as const) {
      const carrier: Fields = {};
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      expect(carrier).toEqual({
        traceparent: `00-${TRACE}-${span.context().toSpanId()}-${flags}`,
        tracestate: 'foo=1,bar=2',
      });
    }
  });
});

describe('baggage', () => {
  const items = (count: number) => Array.from({ length: count }, (_, i) => `k${i}=v`).join(',');
  const octets = "!#$&'()*+-./0123456789:<=>?@AZ[]^_`az{|}~";
  it.each<[string, string, string | undefined]>([
    ['items', 'a=1,b=2', 'a=1,b=2'],
    ['whitespace', ' a = 1 ,\tb\t=\t2 ', 'a=1,b=2'],
    ['all characters of values', `a=${octets}`, `a=${octets}`],
    ['all characters of keys', "!#$%&'*+-.^_`|~=1", "!#$%&'*+-.^_`|~=1"],
    ['a percent sign in a key, where it encodes nothing', 'a%20b=1,%=2', 'a%20b=1,%=2'],
    ['keys that are no tokens', 'a b=1,(c)=2,"d"=3,é=4,f/g=5,h=6', 'h=6'],
    ['encoded characters', 'a=%C3%A9%2C%3B%20%22%5C%25', 'a=%C3%A9%2C%3B%20%22%5C%25'],
    ['characters encoded without need', 'a=%41%3D', 'a=A='],
    ['bytes that are not UTF-8', 'a=x%ff%C3y%41', 'a=x%EF%BF%BD%EF%BF%BDyA'],
    ['a percent sign by itself', 'a=100%', 'a=100%25'],
    ['an empty value', 'a=,b=2', 'a=,b=2'],
    ['members that are none', 'a=1,,b,=2,;p=1, ', 'a=1'],
    ['a key twice', 'a=1,b=2,a=3', 'a=3,b=2'],
    ['properties', 'a=1;p;q=2 ; r = 3,b=2', 'a=1;p;q=2;r = 3,b=2'],
    ['properties that are not valid', 'a=1;p q;;"x";ok', 'a=1;ok'],
    ['64 items', items(64), items(64)],
    ['more than 64 items', items(70), items(64)],
    ['8,192 characters', `a=${'x'.repeat(8190)}`, `a=${'x'.repeat(8190)}`],
    ['more than 8,192 characters', `a=${'x'.repeat(8192)},b=2`, 'b=2'],
    ['nothing', '', undefined],
    ['no items', 'a,b', undefined],
  ])('with %s is passed on, or left out where it is invalid', (_, baggage, expected) => {
    expect(passedOn(['baggage'], { baggage })).toEqual(
      expected === undefined ? null : { baggage: expected },
    );
  });

  it('is joined from several headers', () => {
    const carriers = [
      ['baggage', 'a=1', 'Baggage', 'b=2'],
      { baggage: ['a=1', 'b=2'] },
      new Headers([
        ['baggage', 'a=1'],
        ['baggage', 'b=2'],
      ]),
    ];
    for (const carrier of carriers) {
      expect(passedOn(['baggage'], carrier)).toEqual({ baggage: 'a=1,b=2' });
    }
  });

  it('keeps the properties of an item through spans, until the item gets another value', () => {
    const tracer = new BasicTracer({ propagation: ['b3', 'baggage'] });
    const sent = (headers: Fields, change: (span: ReturnType<typeof tracer.startSpan>) => void) => {
      const childOf = tracer.extract(FORMAT_HTTP_HEADERS, headers);
      const span = tracer.startSpan('call', { childOf: tracer.startSpan('serve', { childOf }) });
      change(span);
      const carrier: Fields = {};
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      return carrier.baggage;
    };
    const baggage = 'a=1;p=1,b=2;q';
    for (const headers of [{ baggage, b3: `${TRACE}-${SPAN}-1` }, { baggage }] as Fields[]) {
      expect(sent(headers, () => {})).toBe(baggage);
      expect(sent(headers, (span) => span.setBaggageItem('a', '3'))).toBe('a=3,b=2;q');
      expect(sent(headers, (span) => span.setTag('sampling.priority', 0))).toBe(baggage);
    }
  });

  it('is left out where its key is no token, rather than renamed', () => {
    const span = new BasicTracer({ propagation: ['b3', 'baggage'] }).startSpan('call');
    span.setBaggageItem('größe', '1').setBaggageItem('a b', '2').setBaggageItem('100%', 'é%');
    const carrier: Fields = {};
    span.tracer().inject(span, FORMAT_HTTP_HEADERS, carrier);
    expect(carrier.baggage).toBe('100%=%C3%A9%25');
  });

  it('beyond the limits leaves no properties behind for an item that is set later', () => {
    const tracer = new BasicTracer({ propagation: ['b3', 'baggage'] });
    const long = 'x'.repeat(5000);
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: `a=${long},b=${long};p` });
    const carrier: Fields = {};
    const span = tracer.startSpan('call', { childOf });
    span.setBaggageItem('a', '1').setBaggageItem('b', long);
    tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
    expect(carrier.baggage).toBe(`b=${long},a=1`);
  });

  it('leaves out properties past 8,192 characters', () => {
    const long = 'p'.repeat(5000);
    expect(passedOn(['baggage'], { baggage: `a=1;${long},b=2;${long},c=3;q` })).toEqual({
      baggage: `a=1;${long},b=2,c=3;q`,
    });
  });

  it('is no longer than 8,192 characters in any format, whatever it takes to escape it', () => {
    for (const name of ['baggage', 'jaeger', 'ottrace'] as const) {
      const tracer = new BasicTracer({ propagation: [name] });
      const span = tracer.startSpan('call');
      span.setBaggageItem('long', '\u5927'.repeat(2000)).setBaggageItem('short', '1');
      const carrier: Fields = {};
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      const context = tracer.extract(FORMAT_HTTP_HEADERS, carrier);
      expect({ ...context?.baggage }).toEqual({ short: '1' });
    }
  });
});

describe('several formats', () => {
  const b3 = `${TRACE}-${SPAN}-1`;
  const other = `00-${TRACE}-${PARENT}-00`;
  const broken = { 'ot-tracer-traceid': 'xyz' };
  const facts = (context: SpanContext | null) =>
    context && [context.toSpanId(), (context as BasicSpanContext).sampled, { ...context.baggage }];

  it.each<[string, PropagationFormat[], Fields, unknown]>([
    ['the ids of the first', ['b3', 'tracecontext'], { b3, traceparent: other }, [SPAN, true, {}]],
    [
      'the ids of the first',
      ['tracecontext', 'b3'],
      { b3, traceparent: other },
      [PARENT, false, {}],
    ],
    ['the second where the first is absent', ['tracecontext', 'b3'], { b3 }, [SPAN, true, {}]],
    [
      'the second where the first is invalid',
      ['tracecontext', 'b3'],
      { traceparent: '00', b3 },
      [SPAN, true, {}],
    ],
    [
      'the second where the first is corrupted',
      ['ottrace', 'b3'],
      { ...broken, b3 },
      [SPAN, true, {}],
    ],
    [
      'the first where the second is corrupted',
      ['b3', 'ottrace'],
      { ...broken, b3 },
      [SPAN, true, {}],
    ],
    [
      'the ids rather than a decision alone',
      ['b3', 'tracecontext'],
      { b3: '1', traceparent: other },
      [PARENT, false, {}],
    ],
    [
      'a decision alone with baggage',
      ['b3', 'baggage'],
      { b3: '0', baggage: 'a=1' },
      ['', false, { a: '1' }],
    ],
    ['baggage before the ids', ['baggage', 'b3'], { b3, baggage: 'a=1' }, [SPAN, true, { a: '1' }]],
    [
      'the baggage of all, the first of a key',
      ['jaeger', 'b3', 'baggage'],
      { b3, baggage: 'a=1,c=3', 'uberctx-a': '2', 'uberctx-b': '2' },
      [SPAN, true, { a: '2', b: '2', c: '3' }],
    ],
    ['nothing', ['tracecontext', 'baggage', 'b3', 'jaeger', 'ottrace'], { accept: '*/*' }, null],
  ])('give %s', (_, names, headers, expected) => {
    for (const carrier of [headers, new Map(Object.entries(headers)), new Headers(headers)]) {
      expect(facts(textPropagator(names).extract(carrier))).toEqual(expected);
    }
  });

  it.each<[string, PropagationFormat[], Fields, Fields]>([
    [
      'the parent and debug of another with the same ids',
      ['tracecontext', 'b3'],
      { traceparent: TRACEPARENT, b3: `${TRACE}-${SPAN}-d-${PARENT}` },
      { traceparent: TRACEPARENT, b3: `${TRACE}-${SPAN}-d-${PARENT}` },
    ],
    [
      'the tracestate of another with the same ids',
      ['b3', 'tracecontext'],
      { b3, traceparent: TRACEPARENT, tracestate: 'foo=1' },
      { b3, traceparent: TRACEPARENT, tracestate: 'foo=1' },
    ],
    [
      'no tracestate of other ids',
      ['b3', 'tracecontext'],
      { b3, traceparent: other, tracestate: 'foo=1' },
      { b3, traceparent: TRACEPARENT },
    ],
    [
      'the decision of one and the baggage of the other',
      ['baggage', 'b3'],
      { baggage: 'a=1;p', b3: '0' },
      { baggage: 'a=1;p', b3: '0' },
    ],
  ])('pass on %s', (_, names, headers, expected) => {
    expect(passedOn(names, headers)).toEqual(expected);
  });

  it('throw what was corrupted only where no other has ids', () => {
    const carrier = { ...broken, baggage: 'a=1', b3: '1' };
    expect(() => textPropagator(['b3', 'ottrace', 'baggage']).extract(carrier)).toThrow(
      'ot-tracer-traceid without ot-tracer-spanid',
    );
  });

  it('are written as they are for FORMAT_TEXT_MAP, where nothing has to be escaped', () => {
    const tracer = new BasicTracer({ propagation: ['jaeger', 'ottrace'] });
    const span = tracer.startSpan('send').setBaggageItem('größe', '1,5 m');
    const carrier: Fields = {};
    tracer.inject(span, FORMAT_TEXT_MAP, carrier);
    expect(carrier['uberctx-größe']).toBe('1,5 m');
    expect(carrier['ot-baggage-größe']).toBe('1,5 m');
  });
});
