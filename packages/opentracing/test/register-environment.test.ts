import { describe, expect, it } from 'vitest';
import { refusedUrl, start, startCollector, startEcho } from './register-helpers.js';
import { temporaryFolder } from './spool-helpers.js';

/** Runs a program that makes one request: what it prints (the headers that arrived), and its spans. */
async function run(env: Record<string, string>, name = 'headers.mjs') {
  const collector = await startCollector();
  const program = start([name, await startEcho(), 'by itself'], {
    OPENTRACING_ZIPKIN_URL: collector.url,
    ...env,
  });
  expect(await program.ended).toBe(0);
  const headers = program.output.stdout.split('\n');
  return { spans: collector.received, headers, stderr: program.output.stderr, collector };
}

const B3_MULTI = ['x-b3-sampled', 'x-b3-spanid', 'x-b3-traceid'];

describe('the environment variables', () => {
  it('may all be missing: the name is that of the nearest package, the propagation is b3multi', async () => {
    const { spans, headers, stderr } = await run({});
    expect(spans.map((span) => span.localEndpoint.serviceName)).toEqual(['opentracing-ts']);
    expect(headers).toEqual(expect.arrayContaining(B3_MULTI));
    expect(headers).not.toContain('b3');
    expect(stderr).toBe('');
  });

  it('name the service, our own name before that of OpenTelemetry', async () => {
    const [otel, own] = await Promise.all([
      run({ OTEL_SERVICE_NAME: 'orders' }),
      run({ OTEL_SERVICE_NAME: 'orders', OPENTRACING_SERVICE_NAME: 'prices' }),
    ]);
    expect(otel.spans[0]?.localEndpoint.serviceName).toBe('orders');
    expect(own.spans[0]?.localEndpoint.serviceName).toBe('prices');
  });

  it('name the collector', async () => {
    const other = await startCollector();
    const { spans } = await run({
      OPENTRACING_ZIPKIN_URL: '',
      OTEL_EXPORTER_ZIPKIN_ENDPOINT: other.url,
    });
    expect(spans).toEqual([]);
    expect(other.received).toHaveLength(1);
  });

  it('choose the propagation', async () => {
    const [b3, jaeger, both, ours] = await Promise.all([
      run({ OTEL_PROPAGATORS: 'b3' }),
      run({ OTEL_PROPAGATORS: 'jaeger' }),
      run({ OPENTRACING_PROPAGATION: 'tracecontext, B3multi' }),
      run({ OTEL_PROPAGATORS: 'b3', OPENTRACING_PROPAGATION: 'ottrace' }),
    ]);
    expect(b3.headers).toContain('b3');
    expect(jaeger.headers).toContain('uber-trace-id');
    expect(jaeger.headers).not.toContain('x-b3-traceid');
    expect(jaeger.stderr).toBe('');
    expect(both.headers).toEqual(expect.arrayContaining(['traceparent', ...B3_MULTI]));
    expect(ours.headers).toContain('ot-tracer-traceid');
    expect(ours.headers).not.toContain('b3');
  });

  it('choose the share of traces that is recorded; the decision is passed on', async () => {
    const none = await Promise.all([
      run({ OPENTRACING_SAMPLE_RATE: '0' }),
      run({ OTEL_TRACES_SAMPLER: 'always_off' }),
      run({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }),
    ]);
    for (const { spans, headers } of none) {
      expect(spans).toEqual([]);
      expect(headers).toContain('x-b3-sampled');
    }
    const all = await run({ OTEL_TRACES_SAMPLER: 'always_off', OPENTRACING_SAMPLE_RATE: '1' });
    expect(all.spans).toHaveLength(1);
  });

  it.each([
    [{}, '1', '0'],
    [{ OPENTRACING_SAMPLE_RATE: '0' }, '1', '0'],
    [{ OTEL_TRACES_SAMPLER: 'parentbased_always_off' }, '1', '0'],
    [{ OTEL_TRACES_SAMPLER: 'always_on' }, '1', '1'],
    [{ OTEL_TRACES_SAMPLER: 'Always_Off' }, '0', '0'],
    [{ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, '0', '0'],
  ])('overrule the decision of a caller where OpenTelemetry’s do: %j', async (env, one, zero) => {
    const program = start(['fastify.cjs'], {
      ...env,
      NEXT: await startEcho(),
      OPENTRACING_ZIPKIN_URL: await refusedUrl(),
    });
    await program.says(/^\d+\n/);
    const url = `http://127.0.0.1:${program.output.stdout.trim()}/stock`;
    const sent = await Promise.all(
      ['1', '0'].map(async (sampled) => {
        const id = '463ac35c9f6413ad';
        const headers = { 'x-b3-traceid': id, 'x-b3-spanid': id, 'x-b3-sampled': sampled };
        return (await (await fetch(url, { headers })).json()) as { prices: object };
      }),
    );
    expect(sent.map(({ prices }) => prices)).toMatchObject([
      { 'x-b3-sampled': one },
      { 'x-b3-sampled': zero },
    ]);
  });

  it('choose the length of trace ids', async () => {
    const { spans } = await run({ OPENTRACING_TRACE_ID_128: 'true' });
    expect(spans[0]?.traceId).toMatch(/^[0-9a-f]{32}$/);
  });

  it('write spans to the standard error stream, and the output stays the program’s', async () => {
    for (const name of ['OPENTRACING_TRACES_EXPORTER', 'OTEL_TRACES_EXPORTER']) {
      const { spans, headers, stderr } = await run({ [name]: 'console' });
      expect(spans).toEqual([]);
      expect(headers).toEqual(expect.arrayContaining(B3_MULTI));
      expect(stderr).toMatch(
        /^GET [\d.]+ ms service=opentracing-ts trace=[0-9a-f]{16} span=[0-9a-f]{16} span\.kind=client .*\n$/,
      );
      expect(stderr).toContain(' http.status_code=200');
    }
    const { stderr } = await run({
      OPENTRACING_TRACES_EXPORTER: 'none',
      OPENTRACING_EXPORTER: 'console',
      OTEL_TRACES_EXPORTER: 'console',
    });
    expect(stderr).toBe('');
  });

  it('turn tracing off', async () => {
    const off = await Promise.all([
      run({ OPENTRACING_DISABLED: 'true' }),
      run({ OTEL_SDK_DISABLED: 'TRUE' }),
    ]);
    for (const { spans, headers } of off) {
      expect(spans).toEqual([]);
      expect(headers.join()).not.toContain('b3');
    }
    const on = await run({ OPENTRACING_DISABLED: 'false', OTEL_SDK_DISABLED: 'true' });
    expect(on.spans).toHaveLength(1);
  });

  it('are passed over with a sentence where they are not understood', async () => {
    const wrong: Record<string, string> = {
      OPENTRACING_PROPAGATION: 'smoke-signs',
      OPENTRACING_SAMPLE_RATE: '7',
      OPENTRACING_TRACE_ID_128: 'perhaps',
      OPENTRACING_DISABLED: 'sometimes',
      OTEL_TRACES_SAMPLER: 'jaeger_remote',
    };
    const { spans, headers, stderr } = await run(wrong);
    expect(spans).toHaveLength(1);
    expect(headers).toEqual(expect.arrayContaining(B3_MULTI));
    const lines = stderr.trim().split('\n');
    expect(lines).toHaveLength(Object.keys(wrong).length);
    for (const value of Object.values(wrong)) {
      expect(stderr).toContain(`'${value}'`);
    }
    expect(lines.filter((line) => !/^opentracing-ts: ['A-Z].*\.$/.test(line))).toEqual([]);
    expect(lines.filter((line) => line.endsWith('; all traces are recorded.'))).toHaveLength(2);
    expect(lines.filter((line) => line.endsWith('; b3multi,baggage is used instead.'))).toEqual([
      expect.stringContaining("OPENTRACING_PROPAGATION is 'smoke-signs', but it takes a list of"),
    ]);
  });

  it('of which another one is understood say that they are not used, and no more', async () => {
    const { headers, stderr } = await run({
      OPENTRACING_PROPAGATION: 'w3c',
      OTEL_PROPAGATORS: 'xray, b3',
    });
    expect(headers).toContain('b3');
    const known = 'tracecontext, baggage, b3, b3multi, jaeger, ottrace';
    expect(stderr.trim().split('\n').sort()).toEqual([
      `opentracing-ts: 'xray' in OTEL_PROPAGATORS is not one of ${known}, so it is left out.`,
      `opentracing-ts: OPENTRACING_PROPAGATION is 'w3c', but it takes a list of ${known}, or none; it is not used.`,
    ]);
  });

  it('leave out the headers where the propagation is none', async () => {
    const { spans, headers, stderr } = await run({ OTEL_PROPAGATORS: 'none' });
    expect(spans).toHaveLength(1);
    expect(headers.filter((name) => /b3|trace|baggage/.test(name))).toEqual([]);
    expect(stderr).toBe('');
  });

  it('take the first of several exporters, and say so', async () => {
    const { spans, stderr } = await run({ OTEL_TRACES_EXPORTER: 'jaeger, zipkin, console' });
    expect(spans).toHaveLength(1);
    expect(stderr).toBe(
      "opentracing-ts: OTEL_TRACES_EXPORTER is 'jaeger, zipkin, console', but there is one " +
        'exporter at a time; it is zipkin.\n',
    );
  });

  it('are told of where there is none of that name', async () => {
    const { spans, stderr } = await run({ OPENTRACING_SERVICENAME: 'orders' });
    expect(spans).toHaveLength(1);
    expect(stderr).toMatch(
      /^opentracing-ts: OPENTRACING_SERVICENAME is set, but after OPENTRACING_ there is only SERVICE_NAME, .*\.\n$/,
    );
  });

  it('are passed over with a sentence where the address of the collector is none', async () => {
    const { collector, stderr } = await run({
      OPENTRACING_ZIPKIN_URL: 'zipkin:9411',
      OPENTRACING_SAMPLE_RATE: '0',
    });
    expect(collector.received).toEqual([]);
    expect(stderr).toContain("OPENTRACING_ZIPKIN_URL is 'zipkin:9411', but it takes an address");
  });

  it('say what is wrong with the address of a collector without the password in it', async () => {
    const { stderr } = await run({
      OPENTRACING_ZIPKIN_URL: 'http:/user:secret@zipkin:94l1/?key=secret',
    });
    expect(stderr).toContain("OPENTRACING_ZIPKIN_URL is '");
    expect(stderr).not.toContain('secret');
  });

  it('name a directory for spans that no collector takes; the next process sends them', async () => {
    const spool = { OPENTRACING_SPOOL_DIR: temporaryFolder() };
    const echo = await startEcho();
    const away = { ...spool, OPENTRACING_ZIPKIN_URL: await refusedUrl() };
    const program = start(['headers.mjs', echo, 'by itself'], away);
    expect(await program.ended).toBe(0);
    const collector = await startCollector();
    start(['express.mjs'], { ...spool, OPENTRACING_ZIPKIN_URL: collector.url });
    expect(await collector.spans(1)).toHaveLength(1);
  });

  it('name a directory that cannot be, which is said, and the program is traced without', async () => {
    const { spans, stderr } = await run({ OPENTRACING_SPOOL_DIR: '/dev/null/spool' });
    expect(spans).toHaveLength(1);
    expect(stderr).toMatch(
      /OPENTRACING_SPOOL_DIR is '\/dev\/null\/spool', where spans cannot be spooled \(ENOTDIR.*\); give a directory that this process may write to$/m,
    );
  });
});
