import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_HTTP_HEADERS,
  FORMAT_TEXT_MAP,
  InvalidCarrierError,
  type SpanContext,
  SpanContextCorruptedError,
} from 'opentracing-ts';
import { type BasicSpanContext, BasicTracer } from 'opentracing-ts/basictracer';
import {
  PROPAGATION_FORMATS,
  type PropagationFormat,
  textPropagator,
} from 'opentracing-ts/propagation';
import { describe, expect, it } from 'vitest';

const TRACE = '463ac35c9f6413ad48485a3953bb6124';
const SHORT = '48485a3953bb6124';
const SPAN = 'a2fb4a1d1a96d312';
const PARENT = '0020000000000001';

/** What the test compares: the ids, the decision and the baggage of a context. */
function facts(context: SpanContext | null) {
  if (context === null) {
    return null;
  }
  const { sampled, parentId } = context as BasicSpanContext;
  return {
    traceId: context.toTraceId(),
    spanId: context.toSpanId(),
    parentId,
    sampled,
    baggage: { ...context.baggage },
  };
}

const found = (more: Partial<ReturnType<typeof facts>> = {}) => ({
  traceId: TRACE,
  spanId: SPAN,
  parentId: null,
  sampled: true,
  baggage: {},
  ...more,
});

function extract(names: PropagationFormat[], carrier: unknown) {
  return facts(textPropagator(names).extract(carrier));
}

function inject(names: PropagationFormat[], carrier: Record<string, string>) {
  const propagator = textPropagator(names);
  const into: Record<string, string> = {};
  propagator.inject(propagator.extract(carrier) as BasicSpanContext, into);
  return into;
}

function entriesOf(carrier: Iterable<unknown> | object): [string, string][] {
  const entries = Symbol.iterator in carrier ? [...carrier] : Object.entries(carrier);
  return Array.isArray(entries[0])
    ? (entries as [string, string][])
    : (entries as string[]).flatMap((text, i) =>
        i % 2 === 0 ? [[text, entries[i + 1] as string] as [string, string]] : [],
      );
}

describe('B3 in one header', () => {
  it.each([
    [`${TRACE}-${SPAN}-1`, found()],
    [`${TRACE}-${SPAN}-0`, found({ sampled: false })],
    [`${TRACE}-${SPAN}`, found({ sampled: undefined })],
    [`${TRACE}-${SPAN}-d`, found()],
    [`${TRACE}-${SPAN}-1-${PARENT}`, found({ parentId: PARENT })],
    [`${TRACE}-${SPAN}-${PARENT}`, found({ parentId: PARENT, sampled: undefined })],
    [`${SHORT}-${SPAN}-1`, found({ traceId: SHORT })],
    [`0000000000000000${SHORT}-${SPAN}-1`, found({ traceId: SHORT })],
    [`${SHORT}0000000000000000-${SPAN}-1`, found({ traceId: `${SHORT}0000000000000000` })],
    ['0', found({ traceId: '', spanId: '', sampled: false })],
    ['1', found({ traceId: '', spanId: '', sampled: true })],
    ['d', found({ traceId: '', spanId: '', sampled: true })],
  ])('reads %s', (b3, expected) => {
    expect(extract(['b3'], { b3 })).toEqual(expected);
  });

  it.each([
    '',
    '-',
    'b970dafd-0d95-40cb-9b2c-61f2a6bd2b26',
    'ünïcödë',
    `${TRACE.toUpperCase()}-${SPAN}-1`,
    TRACE,
    `${TRACE}-`,
    `${TRACE}-${SPAN}-`,
    `${TRACE}-${SPAN}--${PARENT}`,
    `${TRACE}-${SPAN}-1-`,
    `${TRACE}-${SPAN}-1-${PARENT}-1`,
    `${TRACE.slice(1)}-${SPAN}-1`,
    `${TRACE}-${SPAN}0-1`,
    `${TRACE}-${SPAN}-x`,
    `${'0'.repeat(32)}-${SPAN}-1`,
    `${TRACE}-${'0'.repeat(16)}-1`,
    `${TRACE}-${SPAN}-1-${'0'.repeat(16)}`,
    `${TRACE}-${SPAN}-1-${PARENT}${'0'.repeat(20)}`,
  ])('takes %j for no context, and reads the several headers instead', (b3) => {
    expect(extract(['b3'], { b3 })).toBeNull();
    expect(extract(['b3'], { b3, 'x-b3-traceid': TRACE, 'x-b3-spanid': SPAN })).toEqual(
      found({ sampled: undefined }),
    );
  });

  it.each([
    `${TRACE}-${SPAN}-1-${PARENT}`,
    `${TRACE}-${SPAN}-0`,
    `${TRACE}-${SPAN}-d`,
    `${TRACE}-${SPAN}`,
    '0',
  ])('writes %s as it was read', (b3) => {
    expect(inject(['b3'], { b3 })).toEqual({ b3 });
  });
});

describe('B3 in several headers', () => {
  const ids = { 'X-B3-TraceId': TRACE, 'X-B3-SpanId': SPAN };

  it.each([
    [{ ...ids, 'X-B3-Sampled': '1' }, found()],
    [{ ...ids, 'X-B3-Sampled': '0' }, found({ sampled: false })],
    [{ ...ids, 'X-B3-Sampled': 'true' }, found()],
    [{ ...ids, 'X-B3-Sampled': 'false' }, found({ sampled: false })],
    [ids, found({ sampled: undefined })],
    [{ ...ids, 'X-B3-Flags': '1' }, found()],
    [{ ...ids, 'X-B3-ParentSpanId': PARENT }, found({ parentId: PARENT, sampled: undefined })],
    [{ 'x-b3-sampled': '0' }, found({ traceId: '', spanId: '', sampled: false })],
    [{ 'x-b3-flags': '1' }, found({ traceId: '', spanId: '', sampled: true })],
  ])('reads %j', (carrier, expected) => {
    expect(extract(['b3multi'], carrier)).toEqual(expected);
  });

  it.each([
    [{ ...ids, 'X-B3-Sampled': 'maybe' }],
    [{ 'X-B3-TraceId': TRACE }],
    [{ 'X-B3-SpanId': SPAN }],
    [{ ...ids, 'X-B3-TraceId': 'g'.repeat(32) }],
    [{ ...ids, 'X-B3-ParentSpanId': 'short' }],
    [{}],
  ])('takes %j for no context', (carrier) => {
    expect(extract(['b3multi'], carrier)).toBeNull();
  });

  it('writes what it read; debug is a flag, and then the decision is not written', () => {
    const carrier = {
      'x-b3-traceid': TRACE,
      'x-b3-spanid': SPAN,
      'x-b3-parentspanid': PARENT,
      'x-b3-sampled': '1',
    };
    expect(inject(['b3multi'], carrier)).toEqual(carrier);
    const { 'x-b3-sampled': _, ...rest } = carrier;
    expect(inject(['b3multi'], { ...carrier, 'x-b3-flags': '1' })).toEqual({
      ...rest,
      'x-b3-flags': '1',
    });
  });

  it('replaces the headers of a request that is forwarded', () => {
    const forwarded = { 'x-b3-traceid': SHORT, 'x-b3-spanid': SHORT, accept: '*/*' };
    const tracer = new BasicTracer({ propagation: ['b3multi'] });
    const span = tracer.startSpan('work');
    tracer.inject(span, FORMAT_HTTP_HEADERS, forwarded);
    expect(forwarded).toMatchObject({
      'x-b3-traceid': span.context().toTraceId(),
      'x-b3-spanid': span.context().toSpanId(),
      accept: '*/*',
    });
  });
});

describe('W3C Trace Context', () => {
  it.each([
    [`00-${TRACE}-${SPAN}-01`, found()],
    [`00-${TRACE}-${SPAN}-00`, found({ sampled: false })],
    [`00-${TRACE}-${SPAN}-ff`, found()],
    [`cc-${TRACE}-${SPAN}-01-more`, found()],
    [`00-0000000000000000${SHORT}-${SPAN}-01`, found({ traceId: SHORT })],
  ])('reads %s', (traceparent, expected) => {
    expect(extract(['tracecontext'], { traceparent })).toEqual(expected);
  });

  it.each([
    `ff-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE}-${SPAN}`,
    `00-${TRACE}-${SPAN}-0x`,
    '',
  ])('takes %j for no context', (traceparent) => {
    expect(extract(['tracecontext'], { traceparent })).toBeNull();
  });

  it('passes the tracestate on, and pads a trace id of 64 bits', () => {
    const carrier = { traceparent: `00-${TRACE}-${SPAN}-01`, tracestate: 'a=1,b=2' };
    expect(inject(['tracecontext'], carrier)).toEqual(carrier);
    expect(inject(['b3', 'tracecontext'], { b3: `${SHORT}-${SPAN}-1` }).traceparent).toBe(
      `00-0000000000000000${SHORT}-${SPAN}-01`,
    );
  });
});

describe('ottrace', () => {
  it('reads the ids of other languages, which lack leading zeros', () => {
    expect(
      extract(['ottrace'], {
        'Ot-Tracer-TraceId': 'ABC',
        'ot-tracer-spanid': '1',
        'ot-tracer-sampled': 'true',
        'ot-baggage-User': 'ada%20l',
      }),
    ).toEqual(
      found({
        traceId: '0000000000000abc',
        spanId: '0000000000000001',
        baggage: { User: 'ada l' },
      }),
    );
  });

  it.each([
    { 'ot-tracer-traceid': 'abc' },
    { 'ot-tracer-spanid': 'abc' },
    { 'ot-tracer-traceid': 'xyz', 'ot-tracer-spanid': 'abc' },
    { 'ot-tracer-traceid': '', 'ot-tracer-spanid': 'abc' },
    { 'ot-tracer-traceid': '0', 'ot-tracer-spanid': 'abc' },
    { 'ot-tracer-traceid': 'a', 'ot-tracer-spanid': 'b', 'ot-tracer-sampled': 'perhaps' },
  ])('takes %j for corrupted', (carrier) => {
    expect(() => extract(['ottrace'], carrier)).toThrow(SpanContextCorruptedError);
  });

  it('takes a carrier with nothing of it for no context', () => {
    expect(extract(['ottrace'], { accept: '*/*' })).toBeNull();
  });
});

describe('W3C Baggage', () => {
  it('reads items without their properties, and leaves out what is none', () => {
    expect(
      extract(['baggage'], { baggage: 'user=ada%20l;secret=1 , tier = gold,novalue,=nokey' }),
    ).toMatchObject({ traceId: '', sampled: undefined, baggage: { user: 'ada l', tier: 'gold' } });
  });

  it('joins the baggage of one format to the ids of another', () => {
    const carrier = { b3: `${TRACE}-${SPAN}-1`, baggage: 'user=ada' };
    expect(extract(['b3', 'baggage'], carrier)).toEqual(found({ baggage: { user: 'ada' } }));
    expect(extract(['baggage', 'b3'], carrier)).toEqual(found({ baggage: { user: 'ada' } }));
    expect(inject(['b3', 'baggage'], carrier)).toEqual(carrier);
  });

  it('begins a trace with the baggage where there are no ids', () => {
    const tracer = new BasicTracer({ propagation: ['b3', 'baggage'] });
    const childOf = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: 'user=ada' });
    const span = tracer.startSpan('work', { childOf });
    expect(span.parentId).toBeNull();
    expect(span.context().toTraceId()).toMatch(/^[0-9a-f]{16}$/);
    expect(span.getBaggageItem('user')).toBe('ada');
  });
});

describe('several formats', () => {
  it('are all written; the first that has ids is read', () => {
    const carrier = { b3: `${TRACE}-${SPAN}-1`, traceparent: `00-${TRACE}-${PARENT}-01` };
    expect(extract(['b3', 'tracecontext'], carrier)?.spanId).toBe(SPAN);
    expect(extract(['tracecontext', 'b3'], carrier)?.spanId).toBe(PARENT);
    expect(Object.keys(inject(['b3', 'tracecontext', 'ottrace'], carrier))).toEqual([
      'b3',
      'traceparent',
      'ot-tracer-traceid',
      'ot-tracer-spanid',
      'ot-tracer-sampled',
    ]);
  });

  it('go on to the next when one is corrupted', () => {
    const carrier = { 'ot-tracer-traceid': 'xyz', b3: `${TRACE}-${SPAN}-1` };
    expect(extract(['ottrace', 'b3'], carrier)).toEqual(found());
  });

  it('refuse a name that is not known, and say which are', () => {
    const names = ['b4'] as unknown as PropagationFormat[];
    expect(() => textPropagator(names)).toThrow("'b4' is not known; use one of tracecontext");
    expect(() => new BasicTracer({ propagation: names })).toThrow(RangeError);
  });
});

describe('the carriers', () => {
  const kinds: [string, () => unknown][] = [
    ['a plain object', () => ({})],
    ['an object without a prototype', () => Object.create(null)],
    ['a Map', () => new Map()],
    ['a Headers', () => new Headers()],
    ['a header array of Node', () => []],
    ['pairs', () => [['accept', '*/*']]],
  ];

  it.each(kinds)('may be %s, for every text format', (_, create) => {
    for (const name of PROPAGATION_FORMATS) {
      const tracer = new BasicTracer({ propagation: name === 'baggage' ? ['b3', name] : [name] });
      const span = tracer.startSpan('work').setBaggageItem('user', 'ada, "l"');
      const carrier = create();
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
      const context = tracer.extract(FORMAT_HTTP_HEADERS, carrier);
      expect(context?.toSpanId()).toBe(span.context().toSpanId());
      expect(context?.toTraceId()).toBe(span.context().toTraceId());
      if (name === 'baggage' || name === 'ottrace') {
        expect(context?.baggage).toEqual({ user: 'ada, "l"' });
      }
    }
  });

  it.each<[string, (name: string) => Iterable<unknown> | object]>([
    ['a plain object', (name) => ({ [name]: 'old', accept: '*/*' })],
    [
      'a plain object that has the name',
      (name) => ({ [name.toLowerCase()]: 'new', [name]: 'old' }),
    ],
    ['a Map', (name) => new Map([[name, 'old']])],
    ['a Headers', (name) => new Headers([[name, 'old']])],
    ['a header array of Node', (name) => [name, 'old']],
    ['pairs', (name) => [[name, 'old']]],
    [
      'a header array of Node that has it three times',
      (name) => [name, 'old', 'accept', '*/*', name.toLowerCase(), 'older', name, 'oldest'],
    ],
    [
      'pairs that have it twice',
      (name) => [
        [name, 'old'],
        [name.toLowerCase(), 'older'],
      ],
    ],
  ])('have each name once, whatever its case was in %s', (_, create) => {
    const formats = PROPAGATION_FORMATS.filter((name) => name !== 'baggage');
    const tracer = new BasicTracer({ propagation: ['baggage', ...formats] });
    const span = tracer.startSpan('work').setBaggageItem('user', 'ada');
    const written: Record<string, string> = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, written);
    for (const [name, value] of Object.entries(written)) {
      if (!/^(ot-baggage|uberctx)-/.test(name)) {
        const carrier = create(name.toUpperCase());
        tracer.inject(span, FORMAT_HTTP_HEADERS, carrier);
        // As fetch does, it joins the values of a name.
        expect([name, new Headers(entriesOf(carrier)).get(name)]).toEqual([name, value]);
      }
    }
  });

  it('have a value taken for no name, where a header array of Node ends within a header', () => {
    for (const name of ['b3', 'tracecontext'] as const) {
      const carrier = ['accept', name === 'b3' ? 'x-b3-flags' : 'traceparent', 'x-odd'];
      const before = [...carrier];
      const tracer = new BasicTracer({ propagation: [name] });
      tracer.inject(tracer.startSpan('work'), FORMAT_HTTP_HEADERS, carrier);
      expect(carrier.slice(0, 3)).toEqual(before);
    }
  });

  it('keep items of baggage apart whose keys are the same but for their case', () => {
    for (const name of ['ottrace', 'jaeger'] as const) {
      const tracer = new BasicTracer({ propagation: [name] });
      const span = tracer.startSpan('work');
      span.setBaggageItem('User', 'ada').setBaggageItem('user', 'bo').setBaggageItem('USER', 'cy');
      for (const carrier of [{}, new Map()]) {
        tracer.inject(span, FORMAT_TEXT_MAP, carrier);
        expect(tracer.extract(FORMAT_TEXT_MAP, carrier)?.baggage).toEqual({
          User: 'ada',
          user: 'bo',
          USER: 'cy',
        });
      }
    }
  });

  it.each([null, undefined, 'text', 1, new Uint8Array(4), new BinaryCarrier()])(
    'may not be %s for a text format',
    (carrier) => {
      const tracer = new BasicTracer();
      for (const format of [FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP]) {
        expect(() => tracer.extract(format, carrier)).toThrow(InvalidCarrierError);
        expect(() => tracer.inject(tracer.startSpan('a'), format, carrier)).toThrow(format);
      }
    },
  );

  it.each([null, undefined, {}, new Uint8Array(4), 'text', { buffer: 1 }])(
    'may not be %s for the binary format',
    (carrier) => {
      const tracer = new BasicTracer();
      expect(() => tracer.extract(FORMAT_BINARY, carrier)).toThrow(InvalidCarrierError);
      expect(() => tracer.inject(tracer.startSpan('a'), FORMAT_BINARY, carrier)).toThrow(
        'BinaryCarrier',
      );
    },
  );
});

describe('the binary format', () => {
  it('has the bytes of basictracer-python', () => {
    const tracer = new BasicTracer({ propagation: ['b3'] });
    const context = tracer.extract(FORMAT_HTTP_HEADERS, { b3: `${SHORT}-${SPAN}-1` });
    const span = tracer.startSpan('work', { childOf: context }).setBaggageItem('k', 'v');
    const carrier = new BinaryCarrier();
    tracer.inject(span, FORMAT_BINARY, carrier);
    const [id0, id1] = [SHORT, span.context().toSpanId()].map((id) =>
      (id.match(/../g) ?? []).reverse().map((byte) => Number.parseInt(byte, 16)),
    );
    expect([...(carrier.buffer as Uint8Array)]).toEqual([
      ...[0, 0, 0, 28],
      ...[0x09, ...(id0 as number[])],
      ...[0x11, ...(id1 as number[])],
      ...[0x18, 1],
      ...[0x22, 6, 0x0a, 1, 107, 0x12, 1, 118],
    ]);
  });

  it('carries ids, decision and baggage, in any array of bytes', () => {
    const tracer = new BasicTracer();
    const span = tracer.startSpan('work').setBaggageItem('größe', '大'.repeat(100));
    const carrier = new BinaryCarrier();
    tracer.inject(span, FORMAT_BINARY, carrier);
    for (const buffer of [carrier.buffer as Uint8Array, Array.from(carrier.buffer ?? [])]) {
      expect(facts(tracer.extract(FORMAT_BINARY, new BinaryCarrier(buffer)))).toEqual({
        traceId: span.context().toTraceId(),
        spanId: span.context().toSpanId(),
        parentId: null,
        sampled: true,
        baggage: { größe: '大'.repeat(100) },
      });
    }
  });

  it('carries baggage without ids, and refuses one id without the other', () => {
    const tracer = new BasicTracer({ propagation: ['baggage'] });
    const context = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: 'user=ada' }) as SpanContext;
    const carrier = new BinaryCarrier();
    tracer.inject(context, FORMAT_BINARY, carrier);
    expect(facts(tracer.extract(FORMAT_BINARY, carrier))).toEqual(facts(context));

    const traceIdAlone = [0, 0, 0, 9, 0x09, 1, 0, 0, 0, 0, 0, 0, 0];
    expect(() => tracer.extract(FORMAT_BINARY, new BinaryCarrier(traceIdAlone))).toThrow(
      'it has no span id',
    );
  });

  it('is nothing where there are no bytes, and corrupted wherever they are cut', () => {
    const tracer = new BasicTracer();
    expect(tracer.extract(FORMAT_BINARY, new BinaryCarrier())).toBeNull();
    expect(tracer.extract(FORMAT_BINARY, new BinaryCarrier([]))).toBeNull();
    const carrier = new BinaryCarrier();
    tracer.inject(tracer.startSpan('work').setBaggageItem('k', 'v'), FORMAT_BINARY, carrier);
    const bytes = carrier.buffer as Uint8Array;
    for (let length = 1; length < bytes.length; length++) {
      const cut = new BinaryCarrier(bytes.slice(0, length));
      expect(() => tracer.extract(FORMAT_BINARY, cut)).toThrow(SpanContextCorruptedError);
    }
  });
});

describe('hostile baggage', () => {
  it('cannot end a header, reach a prototype or pass the limits', () => {
    const tracer = new BasicTracer({ propagation: ['b3', 'baggage', 'ottrace'] });
    const span = tracer
      .startSpan('work')
      .setBaggageItem('a\r\nx-evil: 1', 'b\r\nx-evil: 2')
      .setBaggageItem('__proto__', 'x')
      .setBaggageItem('lone', '\ud800');
    const headers = new Headers();
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    expect(headers.get('x-evil')).toBeNull();
    const { baggage } = tracer.extract(FORMAT_HTTP_HEADERS, headers) as SpanContext;
    expect(Object.keys(baggage).sort()).toEqual(['__proto__', 'a\r\nx-evil: 1', 'lone']);
    expect(Object.getPrototypeOf(baggage)).toBeNull();

    const many = Array.from({ length: 1000 }, (_, i) => `k${i}=v`).join(',');
    const context = tracer.extract(FORMAT_HTTP_HEADERS, { baggage: `${many},bad=%zz` });
    expect(Object.keys(context?.baggage ?? {})).toHaveLength(64);
  });
});
