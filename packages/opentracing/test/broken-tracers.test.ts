import {
  type ActiveSpanOptions,
  BinaryCarrier,
  type Scope,
  type Span,
  type SpanContext,
  type SpanOptions,
} from 'opentracing-ts';
import { apiChecks } from 'opentracing-ts/harness';
import { type MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { describe, expect, test } from 'vitest';
import { failures } from './failures.js';

/** Tracers that are wrong in one way each, with the check that has to notice. */
const broken: { is: string; create: () => MockTracer; notices: string }[] = [
  {
    is: 'does not look at the active span',
    create: () => new Altered((options) => ({ ...options, ignoreActiveSpan: true })),
    notices: 'the active span is the parent of the next one',
  },
  {
    is: 'takes childOf null for a wish to start a root',
    create: () =>
      new Altered((options) => ({
        ...options,
        ignoreActiveSpan: options?.childOf === null || options?.ignoreActiveSpan === true,
      })),
    notices: 'the active span is the parent where the parent that is given is null',
  },
  {
    is: 'does not know ignoreActiveSpan',
    create: () => new Altered((options) => ({ ...options, ignoreActiveSpan: false })),
    notices: 'ignoreActiveSpan starts a root though a span is active',
  },
  {
    is: 'takes the span before for the parent where no span is active',
    create: () => {
      let before: Span | null = null;
      return new (class extends MockTracer {
        override startSpan(name: string, options?: SpanOptions | null): MockSpan {
          const span = super.startSpan(name, this.activeSpan ? options : { childOf: before });
          before = span;
          return span;
        }
      })();
    },
    notices:
      'a span that is started in withoutActiveSpan is a root though a span is active outside',
  },
  {
    is: 'changes the options',
    create: () =>
      new Altered((options) => {
        if (options?.childOf) {
          options.references = [];
        }
        return options;
      }),
    notices: 'startSpan takes frozen options and changes none',
  },
  {
    is: 'cannot do with null options',
    create: () =>
      new Altered((options) => ({ ...options, tags: (options as SpanOptions).tags ?? {} })),
    notices: 'startSpan takes options that are absent, null, empty or filled with null',
  },
  {
    is: 'finishes the span of an active scope whatever it was told',
    create: () =>
      new (class extends MockTracer {
        override startActiveSpan(name: string, options?: ActiveSpanOptions | null): Scope {
          return super.startActiveSpan(name, { ...options, finishOnClose: true });
        }
      })(),
    notices: 'closing the scope leaves the span open with finishOnClose false',
  },
  {
    is: 'finishes the span when an async function returns its promise',
    create: () => new WithActive((span, fn) => finishing(span, () => fn(span))),
    notices: 'withActiveSpan finishes its span when its promise or other thenable settles',
  },
  {
    is: 'swallows errors',
    create: () =>
      new WithActive((span, fn, original) => {
        try {
          return original(span, fn);
        } catch {
          return undefined;
        }
      }),
    notices: 'withActiveSpan throws on what its function throws, unchanged',
  },
  {
    is: 'wraps errors',
    create: () =>
      new WithActive((span, fn, original) => {
        try {
          return original(span, fn);
        } catch (cause) {
          throw new Error('The operation failed.', { cause });
        }
      }),
    notices: 'withActiveSpan throws on what its function throws, unchanged',
  },
  {
    is: 'does not log the errors of withActiveSpan',
    create: () => new WithActive((span, fn) => finishing(span, () => fn(span))),
    notices: 'withActiveSpan records the error of its function',
  },
  {
    is: 'lets the span of withActiveSpan be active afterwards',
    create: () =>
      new WithActive((span, fn, original) => {
        span.tracer().scopeManager.activate(span, false);
        return original(span, fn);
      }),
    notices: 'withActiveSpan has its span active while its function runs',
  },
  {
    is: 'extracts a context of nothing where there is none',
    create: () =>
      new (class extends MockTracer {
        override extract(format: string, carrier: unknown): SpanContext | null {
          return super.extract(format, carrier) ?? this.startSpan('nothing').context();
        }
      })(),
    notices: 'a carrier without a context gives null, and a span without a parent by it is a root',
  },
  {
    is: 'crashes on a carrier that it cannot read',
    create: () =>
      new (class extends MockTracer {
        override extract(format: string, carrier: unknown): SpanContext | null {
          try {
            return super.extract(format, carrier);
          } catch (cause) {
            throw (cause as Error).name === 'SpanContextCorruptedError'
              ? new TypeError('Cannot read properties of undefined', { cause })
              : cause;
          }
        }
      })(),
    notices: 'text that is not a context gives null or a SpanContextCorruptedError, nothing else',
  },
  {
    is: 'ignores formats that it does not know',
    create: () =>
      new (class extends MockTracer {
        override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
          if (FORMATS.includes(format)) {
            super.inject(context, format, carrier);
          }
        }
      })(),
    notices: 'a format that the tracer does not know is an UnsupportedFormatError',
  },
  {
    is: 'does not inject into a Headers',
    create: () =>
      new (class extends MockTracer {
        override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
          super.inject(context, format, carrier instanceof Headers ? { ...carrier } : carrier);
        }
      })(),
    notices:
      'extract gives the ids and the baggage that were injected, in every format and carrier',
  },
  {
    is: 'leaves the binary carrier empty, as the mock of opentracing-javascript does',
    create: () =>
      new (class extends MockTracer {
        override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
          super.inject(context, format, carrier);
          if (carrier instanceof BinaryCarrier) {
            carrier.buffer = null;
          }
        }
      })(),
    notices: 'a span without baggage is extracted without baggage',
  },
  {
    is: 'reads headers by their exact names only',
    create: () =>
      new (class extends MockTracer {
        override extract(format: string, carrier: unknown): SpanContext | null {
          return super.extract(format, isUpperCase(carrier) ? {} : carrier);
        }
      })(),
    notices: 'the names of HTTP headers are read in any case, and as the raw headers of Node',
  },
];

const FORMATS = ['text_map', 'http_headers', 'binary'];

describe('the checks notice a tracer that', () => {
  for (const { is, create, notices } of broken) {
    test(is, async () => {
      expect(await failures(checksOf(create))).toContain(notices);
    });
  }

  test('claims to be asynchronous and is not', async () => {
    expect(await failures(checksOf(() => new MockTracer()))).toEqual([
      'spans behind an await of withActiveSpan are its children',
    ]);
  });

  test('nothing is wrong with: they pass', async () => {
    const create = () => new MockTracer(new AsyncLocalStorageScopeManager());
    expect(await failures(checksOf(create))).toEqual([]);
  });
});

function checksOf(create: () => MockTracer) {
  return apiChecks(create, { async: true, recordedSpan: (span) => span as MockSpan });
}

function finishing<R>(span: Span, fn: () => R): R {
  try {
    return fn();
  } finally {
    span.finish();
  }
}

function isUpperCase(carrier: unknown): boolean {
  return Object.keys(carrier as object).some((name) => name.startsWith('MOCKPFX'));
}

class Altered extends MockTracer {
  alter: (options: SpanOptions | null | undefined) => SpanOptions | null | undefined;

  constructor(alter: Altered['alter']) {
    super();
    this.alter = alter;
  }

  override startSpan(name: string, options?: SpanOptions | null): MockSpan {
    return super.startSpan(name, this.alter(options));
  }
}

type Run = (span: Span) => unknown;

class WithActive extends MockTracer {
  wrap: (span: Span, fn: Run, original: (span: Span, fn: Run) => unknown) => unknown;

  constructor(wrap: WithActive['wrap']) {
    super();
    this.wrap = wrap;
  }

  override withActiveSpan<R>(
    name: string,
    optionsOrFn: SpanOptions | null | ((span: Span) => R),
    fn?: (span: Span) => R,
  ): R {
    const [options, run] =
      typeof optionsOrFn === 'function' ? [null, optionsOrFn] : [optionsOrFn, fn as Run];
    return this.wrap(this.startSpan(name, options), run, (span, body) =>
      this.scopeManager.withActive(span, () => body(span), true),
    ) as R;
  }
}
