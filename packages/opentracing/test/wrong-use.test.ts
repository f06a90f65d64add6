import { setGlobalTracer, type Tracer, withoutActiveSpan, withScopes } from 'opentracing-ts';
import {
  BasicTracer,
  BatchRecorder,
  type BatchRecorderOptions,
  ConstSampler,
  InMemoryRecorder,
  ParentBasedSampler,
} from 'opentracing-ts/basictracer';
import { httpTransport, OtlpExporter, ZipkinExporter } from 'opentracing-ts/exporters';
import { apiChecks, scopeChecks } from 'opentracing-ts/harness';
import { MockTracer, type SpanTree } from 'opentracing-ts/mocktracer';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { createZipkinTracer, type ZipkinTracerOptions } from 'opentracing-ts/zipkin';
import { describe, expect, test } from 'vitest';

/** A mistake of a program in plain JavaScript, and how the sentence about it begins. */
type Mistake = [name: string, sentence: string, make: () => unknown];

const mock = () => new MockTracer();
const basic = () => new BasicTracer();
const foreign = { startSpan() {}, inject() {}, extract() {} };

/** createZipkinTracer with a value that TypeScript would refuse. */
function wrongZipkin(options: object): Mistake[2] {
  return () => createZipkinTracer({ serviceName: 'orders', ...options } as ZipkinTracerOptions);
}

const MISTAKES: Mistake[] = [
  [
    'createZipkinTracer with the name alone',
    "createZipkinTracer takes an object with options, not 'orders'; give the service its name by " +
      "createZipkinTracer({ serviceName: 'orders' }).",
    () => createZipkinTracer('orders' as never),
  ],
  [
    'ZipkinExporter with the name alone',
    "new ZipkinExporter takes an object with options, not 'orders'; ",
    () => new ZipkinExporter('orders' as never),
  ],
  [
    'a transport with a method send',
    'The transport is an object; give a function such as async (body, contentType) => {}.',
    wrongZipkin({ transport: { send() {} } }),
  ],
  [
    'a transport by its name',
    "The transport is 'kafka'; ",
    () => new OtlpExporter({ serviceName: 'orders', transport: 'kafka' as never }),
  ],
  [
    'one status in the place of a list',
    'The retryStatuses are 500; give a list of numbers such as [429, 503].',
    wrongZipkin({ retryStatuses: 500 }),
  ],
  [
    'headers as text',
    'The headers for the collector are none (they are text rather than an object); pass names with ',
    wrongZipkin({ headers: 'Bearer x' }),
  ],
  [
    'a resource as text',
    "The resource is 'x'; give an object such as { 'service.version': '1.2.0' }.",
    () => new OtlpExporter({ serviceName: 'orders', resource: 'x' as never }),
  ],
  [
    'a spool as text',
    "The spool is 'spans'; give its directory as { spool: { dir: 'spans' } }.",
    wrongZipkin({ spool: 'spans' }),
  ],
  [
    'a port for the URL',
    'The URL of the collector is 9411; it has to be one of HTTP, such as ',
    wrongZipkin({ url: 9411 }),
  ],
  [
    'onError as text',
    "The onError is 'x'; give a function such as (error) => console.warn(error.message).",
    wrongZipkin({ onError: 'x' }),
  ],
  [
    'flushAtExit as text',
    "The flushAtExit is 'no'; give true or false.",
    wrongZipkin({ flushAtExit: 'no' }),
  ],
  [
    'traceId128 as text',
    "The traceId128 is 'yes'; give true or false.",
    wrongZipkin({ traceId128: 'yes' }),
  ],
  [
    'joinSpans as a number',
    'The joinSpans is 1; give true or false.',
    wrongZipkin({ joinSpans: 1 }),
  ],
  [
    'takesPlainText as text',
    "The takesPlainText is 'x'; give true or false.",
    () => httpTransport({ url: 'http://127.0.0.1:1', takesPlainText: 'x' as never }),
  ],
  [
    'a rate for the sampler',
    'The sampler is 0.1, which has no method isSampled; use new ProbabilitySampler(0.1).',
    wrongZipkin({ sampler: 0.1 }),
  ],
  [
    'a rate for the root of a ParentBasedSampler',
    'The root is 0.1, which has no method isSampled; use new ProbabilitySampler(0.1).',
    () => new ParentBasedSampler({ root: 0.1 as never }),
  ],
  ...[1, 'false', undefined].map(
    (decision): Mistake => [
      `ConstSampler of ${typeof decision}`,
      `The decision of a ConstSampler is ${typeof decision === 'string' ? "'false'" : decision}; give true `,
      () => new ConstSampler(decision as never),
    ],
  ),
  [
    'BatchRecorder with the exporter alone',
    'BatchRecorder takes an object with options, not a span exporter; pass it as { exporter }.',
    () => new BatchRecorder({ export: async () => {} } as never),
  ],
  [
    'a tracer of 0.14 as the global one',
    'The global tracer cannot be an object, which has no method withActiveSpan; pass withScopes(',
    () => setGlobalTracer(foreign as never),
  ],
  [
    'withoutActiveSpan without the tracer',
    'The tracer is a function, which has no method startSpan; pass it first.',
    () => withoutActiveSpan((() => 5) as never, undefined as never),
  ],
  [
    'withScopes without a scope manager',
    'The scope manager is undefined, which has no method activate; pass one such as new ',
    () => withScopes(foreign, undefined as never),
  ],
  [
    'withScopes with the class of the scope manager',
    'The scope manager is a function, which has no method activate; pass one such as new ',
    () => withScopes(foreign, ThreadLocalScopeManager as never),
  ],
  [
    'MockTracer with the class of the scope manager',
    'MockTracer takes an object with options, not a function; ',
    () => new MockTracer(ThreadLocalScopeManager as never),
  ],
  [
    'MockTracer with the class of the scope manager as an option',
    'The scopeManager is a function, which has no method activate; ',
    () => new MockTracer({ scopeManager: ThreadLocalScopeManager as never }),
  ],
  [
    'MockTracer with a recorder',
    'MockTracer takes an object with options, not a recorder; it keeps its spans itself.',
    () => new MockTracer(new InMemoryRecorder() as never),
  ],
  [
    'BasicTracer with a class',
    'BasicTracer takes an object with options, not a function; ',
    () => new BasicTracer(InMemoryRecorder as never),
  ],
  [
    'BasicTracer with a recorder',
    'BasicTracer takes an object with options, not a recorder; pass it as { recorder }.',
    () => new BasicTracer(new InMemoryRecorder() as never),
  ],
  [
    'BasicTracer with a scope manager',
    'BasicTracer takes an object with options, not a scope manager; pass it as { scopeManager }.',
    () => new BasicTracer(new ThreadLocalScopeManager() as never),
  ],
  [
    'BatchRecorder without options',
    'The exporter is undefined, which has no method export; pass one as { exporter }.',
    () => new BatchRecorder(undefined as never),
  ],
  [
    'BatchRecorder with a function as its exporter',
    'The exporter is a function, which has no method export; ',
    () => new BatchRecorder({ exporter: () => {} } as unknown as BatchRecorderOptions),
  ],
  ...[mock, basic].flatMap((create): Mistake[] => [
    [
      `${create().constructor.name} with no propagator`,
      'The propagator is null, which has no method inject; pass one with inject and extract.',
      () => create().registerPropagator('x', null as never),
    ],
    [
      `${create().constructor.name} with half a propagator`,
      'The propagator is an object, which has no method extract; ',
      () => create().registerPropagator('x', { inject() {} } as never),
    ],
  ]),
  [
    'apiChecks with a tracer',
    'apiChecks takes a function, not an object; pass one that makes a tracer.',
    () => apiChecks(mock() as unknown as () => Tracer),
  ],
  [
    'scopeChecks with nothing',
    'scopeChecks takes a function, not undefined; pass one that makes a scope manager.',
    () => scopeChecks(undefined as never),
  ],
  [
    'assertTrees without trees',
    'The trees are undefined; pass a list such as [{ name: ',
    () => mock().assertTrees(undefined as never),
  ],
  [
    'assertTrees with a tree alone',
    'The trees are an object; pass a list such as [{ name: ',
    () => mock().assertTrees({ name: 'a' } as never),
  ],
  [
    'assertTrees with children that are no list',
    'The trees are an object; pass a list such as [{ name: ',
    () => mock().assertTrees([{ name: 'a', children: {} as never }]),
  ],
  [
    'assertTrees with a name for a tree',
    "A tree is 'a'; pass an object such as { name: ",
    () => mock().assertTrees(['a' as never]),
  ],
  [
    'assertTrees with a key that no tree has',
    "A tree has the key 'childs'; use name, tags, unfinished and children.",
    () => {
      const children = [{ name: 'b', childs: [] } as SpanTree];
      return mock().assertTrees([{ name: 'a', children }]);
    },
  ],
];

describe('wrong use is told of where it happens, in one sentence', () => {
  test.each(MISTAKES)('%s', (_name, sentence, make) => {
    let thrown: unknown;
    try {
      make();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(TypeError);
    expect((thrown as Error).message.slice(0, sentence.length)).toBe(sentence);
    expect((thrown as Error).message).toMatch(/^[^\n]+\.$/);
  });

  test.each([
    ['5', () => 5],
    ['null', null],
  ])('a coroutine that is none: %s', async (shown, fn) => {
    const manager = new GeneratorScopeManager();
    await expect(manager.run(fn as never)).rejects.toThrow(
      `The coroutine is ${shown}, which has no method next; pass a generator function.`,
    );
  });
});

test.each([
  ['maxBatchSize', '10', "maxBatchSize is '10'; it has to be a whole number above 0."],
  ['flushIntervalMs', 'soon', "flushIntervalMs is 'soon'; it has to be a number of milliseconds "],
  ['firstId', 1n, 'The firstId is 1n; give a whole number of 1 or more.'],
])('%s is a RangeError that shows the value', (name, value, sentence) => {
  const make = wrongZipkin({ [name]: value });
  expect(make).toThrow(RangeError);
  expect(make).toThrow(sentence);
});

test('options that are null or left out are none', () => {
  for (const nothing of [null, undefined]) {
    expect(new MockTracer(nothing as never).activeSpan).toBeNull();
    expect(new MockTracer({ scopeManager: nothing as never }).activeSpan).toBeNull();
    expect(new BasicTracer(nothing).activeSpan).toBeNull();
  }
});
