import { BinaryCarrier, FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from 'opentracing-ts';
import { BasicTracer } from 'opentracing-ts/basictracer';
import { traceFetch } from 'opentracing-ts/instrumentation/fetch';
import { createOtlpTracer } from 'opentracing-ts/otlp';
import { PROPAGATION_FORMATS, type PropagationFormat } from 'opentracing-ts/propagation';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { type Area, ensure } from './report.js';

const CARRIERS = [
  { kind: 'a Headers', format: FORMAT_HTTP_HEADERS, create: () => new Headers() },
  { kind: 'a plain object', format: FORMAT_HTTP_HEADERS, create: () => ({}) },
  { kind: 'a Map', format: FORMAT_TEXT_MAP, create: () => new Map() },
] as const;

/** Every wire format comes back from every kind of carrier as it went in. */
export const propagation: Area = () => [
  ...PROPAGATION_FORMATS.flatMap((name) =>
    CARRIERS.map(({ kind, format, create }) => ({
      name: `${name} in ${kind}`,
      run: () => roundTrip(name, format, create()),
    })),
  ),
  { name: 'binary', run: () => roundTrip('ottrace', FORMAT_BINARY, new BinaryCarrier()) },
];

const BAGGAGE = 'Zoë=1, 2;';

function roundTrip(name: PropagationFormat, format: string, carrier: object): void {
  const hasIds = name !== 'baggage';
  const hasBaggage = name === 'baggage' || name === 'jaeger' || name === 'ottrace';
  const tracer = new BasicTracer({ traceId128: name !== 'ottrace', propagation: [name] });
  const span = tracer.startSpan('sent').setBaggageItem('user', BAGGAGE);
  tracer.inject(span, format, carrier);
  const context = tracer.extract(format, carrier);
  ensure(context !== null, 'Nothing came back.');
  for (const id of ['toTraceId', 'toSpanId'] as const) {
    const sent = hasIds ? span.context()[id]() : '';
    ensure(context[id]() === sent, `'${context[id]()}' came back of '${sent}'.`);
  }
  ensure(
    context.baggage.user === (hasBaggage ? BAGGAGE : undefined),
    `The baggage came back as '${context.baggage.user}'.`,
  );
}

// At the top of the module, as programs have it: Workers allow little there.
const tracer = createZipkinTracer({ serviceName: PLACE.name, url: `${PLACE.url}/api/v2/spans` });
const OTLP_URL = `${PLACE.url}/v1/traces`;
const OTLP_TRACERS = (['protobuf', 'json'] as const).map((encoding) => ({
  encoding,
  tracer: createOtlpTracer({ serviceName: PLACE.name, url: OTLP_URL, encoding }),
}));

interface ReceivedSpan {
  id: string;
  parentId?: string;
  name: string;
  /** Microseconds since the Unix epoch. */
  timestamp: number;
  tags?: Record<string, string>;
}

async function received(traceId: string): Promise<ReceivedSpan[]> {
  const response = await fetch(`${PLACE.url}/api/v2/trace/${traceId}`);
  return (await response.json()) as ReceivedSpan[];
}

/** As docs/runtimes.md has it. */
const tracedFetch = traceFetch(fetch, { tracer });

/** Spans reach a collector, and requests carry them to a server. */
export const zipkin: Area = () => [
  {
    name: 'what is flushed arrives at the collector: names, times, tags, and which span is in which',
    async run() {
      const traceId = await tracer.withActiveSpan('outer', async (outer) => {
        tracer.startSpan('inner', { childOf: outer, tags: { place: PLACE.name } }).finish();
        await null;
        return outer.context().toTraceId();
      });
      await tracer.flush();
      const spans = await received(traceId);
      const inner = spans.find(({ name }) => name === 'inner');
      const outer = spans.find(({ name }) => name === 'outer');
      ensure(inner !== undefined && outer !== undefined, `${spans.length} spans have arrived.`);
      ensure(inner.parentId === outer.id, 'The inner span is not in the outer one.');
      ensure(inner.tags?.place === PLACE.name, 'The tag is missing.');
      const minutes = Math.abs(Date.now() - outer.timestamp / 1_000) / 60_000;
      ensure(minutes < 10, 'The span has not begun now.');
    },
  },
  {
    name: 'the server that is asked by a function around fetch is told of its span',
    async run() {
      const headers = await (await tracedFetch(`${PLACE.url}/headers`)).json();
      const told = tracer.extract(FORMAT_HTTP_HEADERS, headers);
      ensure(told !== null && told.toSpanId() !== '', 'The server is told of no span.');
      await tracer.flush();
      const [span, ...others] = await received(told.toTraceId());
      ensure(span?.id === told.toSpanId() && others.length === 0, 'It is told of another span.');
      ensure(span.tags?.['http.status_code'] === '200', 'The span does not have the status.');
    },
  },
];

/** The bodies that OTLP sends reach a collector, with the span and its trace in them. */
export const otlp: Area = () =>
  OTLP_TRACERS.map(({ encoding, tracer }) => ({
    name: `what is flushed arrives at the collector in ${encoding}`,
    async run() {
      const traceId = await tracer.withActiveSpan('baked', async (span) => {
        await null;
        return span.context().toTraceId();
      });
      await tracer.flush();
      const response = await fetch(OTLP_URL);
      const bodies = (await response.json()) as { contentType: string; hex: string }[];
      const isJson = encoding === 'json';
      const id = isJson ? hexOf(traceId) : traceId;
      const body = bodies.find(({ hex }) => hex.includes(id));
      ensure(body !== undefined, `The trace is in none of ${bodies.length} bodies.`);
      ensure(body.hex.includes(hexOf('baked')), 'The span has lost its name.');
      const expected = isJson ? 'application/json' : 'application/x-protobuf';
      ensure(body.contentType === expected, `The content type is ${body.contentType}.`);
    },
  }));

function hexOf(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16)).join('');
}
