import {
  BinaryCarrier,
  FORMAT_BINARY,
  FORMAT_TEXT_MAP,
  REFERENCE_CHILD_OF,
  Reference,
  type Span,
  Tracer,
} from '../index.js';

/** Which checks to leave out. */
export interface ApiCompatibilityChecksOptions {
  /** Those of baggage. By default `false`. */
  skipBaggageChecks?: boolean;
  /** Those of carriers. By default `false`. */
  skipInjectExtractChecks?: boolean;
}

type Define = (name: string, body: () => void) => void;

/** What mocha, jasmine, jest and vitest put into the global scope. */
interface TestRunner {
  describe: Define;
  it: Define & { skip: Define };
}

/**
 * Defines, with the test runner that is in the global scope, the tests of 0.14.7 for a tracer. The
 * harness of `opentracing-ts` checks much more.
 *
 * @param createTracer - makes a tracer for each test; by default one that does nothing
 */
export default function apiCompatibilityChecks(
  createTracer: () => Tracer = () => new Tracer(),
  options: ApiCompatibilityChecksOptions = {},
): void {
  const { describe, it } = globalThis as unknown as TestRunner;
  const unless = (skip: boolean | undefined): Define => (skip ? it.skip : it);
  const start = (): [Tracer, Span] => {
    const tracer = createTracer();
    return [tracer, tracer.startSpan('test-span')];
  };

  describe('the API of OpenTracing', () => {
    it('takes spans and contexts as parents', () => {
      const [tracer, span] = start();
      tracer.startSpan('child', { childOf: span });
      tracer.startSpan('child', { childOf: span.context() });
    });

    const ifCarriers = unless(options.skipInjectExtractChecks);
    ifCarriers('injects spans and contexts into carriers of the required types', () => {
      const [tracer, span] = start();
      tracer.inject(span, FORMAT_TEXT_MAP, {});
      tracer.inject(span.context(), FORMAT_TEXT_MAP, {});
      tracer.inject(span.context(), FORMAT_BINARY, new BinaryCarrier([1, 2, 3]));
      tracer.inject(span.context(), FORMAT_BINARY, {});
    });
    ifCarriers('extracts from carriers of the required types', () => {
      const [tracer] = start();
      tracer.extract(FORMAT_TEXT_MAP, {});
      for (const carrier of [new BinaryCarrier([1, 2, 3]), {}, { buffer: null }]) {
        tracer.extract(FORMAT_BINARY, carrier);
      }
    });

    unless(options.skipBaggageChecks)('keeps the baggage that is set', () => {
      const [, span] = start();
      span.setBaggageItem('some-key', 'some-value');
      same(span.getBaggageItem('some-key'), 'some-value');
    });

    it('finishes a span at a time that is given', () => start()[1].finish(Date.now()));

    it('has references to spans and contexts', () => {
      const [, span] = start();
      new Reference(REFERENCE_CHILD_OF, span);
      new Reference(REFERENCE_CHILD_OF, span.context());
    });

    it('has ids that are strings', () => {
      const context = start()[1].context();
      same(typeof context.toTraceId(), 'string');
      same(typeof context.toSpanId(), 'string');
    });
  });
}

function same(actual: unknown, expected: string): void {
  if (actual !== expected) {
    throw new Error(`expected ${expected}, but got ${actual}`);
  }
}
