import {
  BasicTracer,
  InMemoryRecorder,
  ProbabilitySampler,
  reportOpenSpans,
  tagCallSites,
} from 'opentracing-ts/basictracer';
import { describe, expect, it, vi } from 'vitest';
import { programPath, start, startCollector, startEcho } from './register-helpers.js';

const SITE_TAGS = /^code\./;

/** The tags of a call site, as `name line:column`, and their file. */
function siteOf(tags: Readonly<Record<string, unknown>> = {}) {
  const [file, name, line, column] = [
    'file.path',
    'function.name',
    'line.number',
    'column.number',
  ].map((key) => tags[`code.${key}`]);
  return { file, place: `${name ?? ''} ${line}:${column}` };
}

async function run(env: Record<string, string>, nodeOptions?: readonly string[]) {
  const collector = await startCollector();
  const program = start(
    ['call-sites.mjs', await startEcho()],
    { OPENTRACING_ZIPKIN_URL: collector.url, ...env },
    nodeOptions,
  );
  expect(await program.ended).toBe(0);
  expect(program.output.stderr).toBe('');
  return collector.received;
}

describe('call sites', () => {
  it('are tags of each span when the environment asks: the line of the program that started it', async () => {
    const spans = await run({ OPENTRACING_CALL_SITES: '1' });
    const sites = spans.map(({ name, tags }) => ({ name, ...siteOf(tags) }));
    const file = programPath('call-sites.mjs');
    expect(sites).toEqual([
      { name: 'oven', file, place: ' 5:62' },
      { name: 'bake', file, place: 'bake 5:18' },
      { name: 'GET', file, place: ' 9:14' },
    ]);
  });

  it('are not looked for unless they are asked for', async () => {
    for (const env of [{}, { OPENTRACING_CALL_SITES: '0' }]) {
      const spans = await run(env as Record<string, string>);
      const keys = spans.flatMap(({ tags }) => Object.keys(tags ?? {}));
      expect(keys.filter((key) => SITE_TAGS.test(key))).toEqual([]);
    }
  });

  it('do no harm where a program keeps others from changing how stacks are written', () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder });
    tagCallSites(tracer);
    const before = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit') ?? {};
    Object.defineProperty(Error, 'stackTraceLimit', { ...before, writable: false });
    try {
      tracer.startSpan('guarded').finish();
    } finally {
      Object.defineProperty(Error, 'stackTraceLimit', before);
    }
    expect(recorder.spans).toHaveLength(1);
  });

  it('are those of the caller in any function of the API that starts a span', async () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder });
    tagCallSites(tracer);
    tracer.startSpan('startSpan').finish();
    tracer.startActiveSpan('startActiveSpan').close();
    tracer.withActiveSpan('withActiveSpan', () => {});
    await tracer.withActiveSpan('asynchronous', async () => {
      await null;
      tracer.startSpan('after a wait').finish();
    });
    const lines = recorder.spans.map(({ tags }) => tags['code.line.number'] as number);
    const files = new Set(recorder.spans.map(({ tags }) => tags['code.file.path']));
    expect([...files]).toEqual([expect.stringContaining('looking-at-programs.test.ts')]);
    expect(lines.map((line) => line - (lines[0] as number))).toEqual([0, 1, 2, 5, 3]);
  });

  it('leave spans of traces that are not recorded alone, and programs with an idea of stacks of their own', () => {
    const recorder = new InMemoryRecorder();
    const unsampled = new BasicTracer({ recorder, sampler: new ProbabilitySampler(0) });
    tagCallSites(unsampled);
    unsampled.startSpan('a').finish();
    expect(recorder.spans).toEqual([]);

    const tracer = new BasicTracer({ recorder });
    tagCallSites(tracer);
    const { prepareStackTrace, stackTraceLimit } = Error;
    try {
      Error.prepareStackTrace = () => {
        throw new Error('no stack for you');
      };
      tracer.startSpan('b').finish();
      Error.prepareStackTrace = (_error, frames) => frames;
      tracer.startSpan('c').finish();
    } finally {
      Error.prepareStackTrace = prepareStackTrace;
    }
    expect(recorder.spans.map(({ tags }) => tags)).toEqual([{}, {}]);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
  });
});

describe('open spans', () => {
  it('arrive at the end of the program when the environment asks, without a duration', async () => {
    const spans = await run({ OPENTRACING_OPEN_SPANS: '1' });
    expect(spans.map(({ name }) => name)).toEqual(['oven', 'bake', 'GET', 'forgotten']);
    expect(spans[3]).toMatchObject({
      tags: { why: 'nobody finishes it', 'opentracing.unfinished': 'true' },
    });
    expect(spans[3]).not.toHaveProperty('duration');
    expect(await run({})).toHaveLength(3);
  });

  it('are recorded once when they are open for long, and again when they finish after all', async () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder });
    const report = reportOpenSpans(tracer, { afterMs: 20 });
    const long = tracer.startSpan('long').setTag('a', 1);
    await vi.waitFor(() => expect(recorder.spans).toHaveLength(1));
    long.setTag('b', 2).log({ event: 'late' });
    report.reportAll();
    const early = recorder.spans[0];
    expect(early).toMatchObject({ duration: -1, tags: { a: 1, 'opentracing.unfinished': true } });
    expect(early?.context().toSpanId()).toBe(long.context().toSpanId());
    expect(early?.logs).toEqual([]);
    long.finish();
    report.reportAll();
    expect(recorder.spans).toHaveLength(2);
    expect(recorder.spans[1]?.tags).toEqual({ a: 1, b: 2, 'opentracing.unfinished': false });
    expect(recorder.spans[1]?.duration).toBeGreaterThan(0);
  });

  it('are none when all are finished or not recorded', () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder });
    const report = reportOpenSpans(tracer);
    tracer.startSpan('done').finish();
    tracer.startSpan('never mind').setTag('sampling.priority', 0);
    report.reportAll();
    expect(recorder.spans.map(({ operationName, tags }) => [operationName, tags])).toEqual([
      ['done', {}],
    ]);
  });

  it('are kept up to a bound', () => {
    const recorder = new InMemoryRecorder();
    const tracer = new BasicTracer({ recorder });
    const report = reportOpenSpans(tracer);
    for (let i = 0; i < 10_001; i++) tracer.startSpan(`${i}`);
    report.reportAll();
    expect(recorder.spans).toHaveLength(10_000);
    expect(recorder.spans[0]?.operationName).toBe('1');
  });
});
