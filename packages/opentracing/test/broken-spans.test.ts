import type { SpanContext } from 'opentracing-ts';
import { apiChecks } from 'opentracing-ts/harness';
import { MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { failures } from './failures.js';

/** Ways to break a span: these replace methods of MockSpan while the checks run. */
const brokenSpans: { is: string; breakIt: () => void; notices: string }[] = [
  {
    is: 'is not finished by Symbol.dispose',
    breakIt: () => vi.spyOn(MockSpan.prototype, Symbol.dispose).mockReturnValue(undefined),
    notices: 'Symbol.dispose finishes a span',
  },
  {
    is: 'does not return itself',
    breakIt: () => vi.spyOn(MockSpan.prototype, 'setTag').mockReturnValue(undefined as never),
    notices: 'every method that changes a span returns the span',
  },
  {
    is: 'changes after it has finished',
    breakIt: () => {
      vi.spyOn(MockSpan.prototype, 'setOperationName').mockImplementation(function (
        this: MockSpan,
        name,
      ) {
        this.operationName = name;
        return this;
      });
    },
    notices: 'a finished span does not change any more',
  },
  {
    is: 'takes every call of finish',
    breakIt: () => {
      vi.spyOn(MockSpan.prototype, 'finish').mockImplementation(function (this: MockSpan, time) {
        this.finishTime = time ?? Date.now();
      });
    },
    notices: 'a finished span does not change any more',
  },
  {
    is: 'has the id of every other span',
    breakIt: () => vi.spyOn(contextPrototype(), 'toSpanId').mockImplementation(() => '5'),
    notices: 'spans have ids in lower-case hex digits, each span its own',
  },
  {
    is: 'has ids in upper case',
    breakIt: () => vi.spyOn(contextPrototype(), 'toTraceId').mockImplementation(() => 'ABC'),
    notices: 'spans have ids in lower-case hex digits, each span its own',
  },
  {
    is: 'changes its context when baggage is set',
    breakIt: () => {
      const baggage = new WeakMap<SpanContext, Record<string, string>>();
      const of = (context: SpanContext) => {
        const items = baggage.get(context) ?? {};
        baggage.set(context, items);
        return items;
      };
      vi.spyOn(contextPrototype(), 'baggage', 'get').mockImplementation(function (
        this: SpanContext,
      ) {
        return of(this);
      });
      vi.spyOn(MockSpan.prototype, 'setBaggageItem').mockImplementation(function (
        this: MockSpan,
        key,
        value,
      ) {
        of(this.context())[key] = value;
        return this;
      });
    },
    notices: 'a context never changes: baggage that is set later is in a new one',
  },
  {
    is: 'keeps its baggage in an object with a prototype',
    breakIt: () => {
      vi.spyOn(MockSpan.prototype, 'getBaggageItem').mockImplementation(function (
        this: MockSpan,
        key,
      ) {
        return ({ ...this.context().baggage } as Record<string, string>)[key];
      });
    },
    notices: 'baggage holds the keys of prototypes like any other and no others',
  },
  {
    is: 'does not give its baggage to its children',
    breakIt: () => {
      const startSpan = MockTracer.prototype.startSpan;
      vi.spyOn(MockTracer.prototype, 'startSpan').mockImplementation(function (
        this: MockTracer,
        name,
        options,
      ) {
        const span = startSpan.call(this, name, options);
        const bare = Object.create(span.context(), { baggage: { value: {} } });
        vi.spyOn(span, 'context').mockReturnValue(bare);
        vi.spyOn(span, 'getBaggageItem').mockReturnValue(undefined);
        return span;
      });
    },
    notices: 'children get the baggage of their parent, and parents none of their children',
  },
  {
    is: 'throws when it is given an error that throws',
    breakIt: () => {
      vi.spyOn(MockSpan.prototype, 'logError').mockImplementation(function (this: MockSpan, error) {
        return this.setTag('error', true).log({ message: (error as Error).message });
      });
    },
    notices: 'logError takes any value, one that throws when it is looked at included',
  },
];

describe('the checks notice a span that', () => {
  afterEach(() => vi.restoreAllMocks());

  for (const { is, breakIt, notices } of brokenSpans) {
    test(is, async () => {
      breakIt();
      expect(await failures(checks)).toContain(notices);
    });
  }
});

const checks = apiChecks(() => new MockTracer(), { recordedSpan: (span) => span as MockSpan });

function contextPrototype(): SpanContext {
  return Object.getPrototypeOf(new MockTracer().startSpan('any').context());
}
