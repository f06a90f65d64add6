import type {
  ActiveSpanOptions,
  Reference,
  Scope,
  ScopeManager,
  Span,
  SpanContext,
  SpanOptions,
  Tracer,
} from 'opentracing-ts';
import * as library from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { expect, expectTypeOf, test } from 'vitest';

// The shapes that programs are written against; a change here breaks them.
interface TracerContract {
  readonly scopeManager: ScopeManager;
  readonly activeSpan: Span | null;
  startSpan(operationName: string, options?: SpanOptions | null): Span;
  startActiveSpan(operationName: string, options?: ActiveSpanOptions | null): Scope;
  withActiveSpan<R>(operationName: string, fn: (span: Span) => R): R;
  withActiveSpan<R>(operationName: string, options: SpanOptions | null, fn: (span: Span) => R): R;
  inject(context: SpanContext | Span, format: string, carrier: unknown): void;
  extract(format: string, carrier: unknown): SpanContext | null;
  flush(): Promise<void>;
  close(): Promise<void>;
}

interface SpanContract {
  context(): SpanContext;
  tracer(): Tracer;
  setOperationName(name: string): this;
  setTag(key: string, value: unknown): this;
  addTags(tags: Record<string, unknown>): this;
  log(fields: Record<string, unknown>, timestamp?: number): this;
  logError(error: unknown): this;
  setBaggageItem(key: string, value: string): this;
  getBaggageItem(key: string): string | undefined;
  finish(finishTime?: number): void;
  [Symbol.dispose](): void;
}

interface SpanContextContract {
  toTraceId(): string;
  toSpanId(): string;
  readonly baggage: Readonly<Record<string, string>>;
}

interface ScopeContract {
  readonly span: Span;
  readonly manager: ScopeManager;
  close(): void;
  [Symbol.dispose](): void;
}

interface ScopeManagerContract {
  activate(span: Span, finishOnClose: boolean): Scope;
  readonly active: Scope | null;
  withActive<R>(span: Span, fn: () => R, finishOnClose?: boolean): R;
  // biome-ignore lint/suspicious/noExplicitAny: any function is accepted
  bind<F extends (...args: any[]) => any>(fn: F): F;
}

interface ReferenceContract {
  type(): string;
  referencedContext(): SpanContext | null | undefined;
}

test('the types are those of the contract, in both directions', () => {
  expectTypeOf<Tracer>().toExtend<TracerContract>();
  expectTypeOf<TracerContract>().toExtend<Tracer>();
  expectTypeOf<Span>().toExtend<SpanContract>();
  expectTypeOf<SpanContract>().toExtend<Span>();
  expectTypeOf<SpanContext>().toExtend<SpanContextContract>();
  expectTypeOf<SpanContextContract>().toExtend<SpanContext>();
  expectTypeOf<Scope>().toExtend<ScopeContract>();
  expectTypeOf<ScopeContract>().toExtend<Scope>();
  expectTypeOf<ScopeManager>().toExtend<ScopeManagerContract>();
  expectTypeOf<ScopeManagerContract>().toExtend<ScopeManager>();
  expectTypeOf<Reference>().toExtend<ReferenceContract>();
  expectTypeOf<ReferenceContract>().toExtend<Reference>();
});

test('the options may be left out, null or frozen, and their parts too', () => {
  const tracer = new MockTracer();
  const parent = tracer.startSpan('parent');
  const options: readonly (SpanOptions | null | undefined)[] = [
    undefined,
    null,
    {},
    { childOf: parent },
    { childOf: parent.context() },
    { childOf: null },
    { references: [library.childOf(parent), null] as const },
    { references: null },
    { tags: { any: 1 }, startTime: 1, ignoreActiveSpan: true },
    { childOf: undefined, references: undefined, tags: undefined, startTime: undefined },
  ];
  for (const option of options) {
    tracer.startSpan('any', option && Object.freeze(option)).finish();
  }
  expect(tracer.finishedSpans()).toHaveLength(options.length);
});

test('the core exports the names of the contract and no others', () => {
  expect(Object.keys(library).sort()).toEqual([
    'BinaryCarrier',
    'FORMAT_BINARY',
    'FORMAT_HTTP_HEADERS',
    'FORMAT_TEXT_MAP',
    'InvalidCarrierError',
    'Logs',
    'REFERENCE_CHILD_OF',
    'REFERENCE_FOLLOWS_FROM',
    'Reference',
    'Scope',
    'ScopeManager',
    'Span',
    'SpanContext',
    'SpanContextCorruptedError',
    'Tags',
    'Tracer',
    'UnsupportedFormatError',
    'childOf',
    'followsFrom',
    'globalTracer',
    'initGlobalTracer',
    'isGlobalTracerRegistered',
    'setGlobalTracer',
    'startChildSpan',
    'withScopes',
    'withoutActiveSpan',
  ]);
  expect(library.initGlobalTracer).toBe(library.setGlobalTracer);
});

test('the constants have the values of opentracing 0.14.7', async () => {
  const old = await import('opentracing');
  const { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } = library;
  expect([FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP]).toEqual([
    old.FORMAT_BINARY,
    old.FORMAT_HTTP_HEADERS,
    old.FORMAT_TEXT_MAP,
  ]);
  const { REFERENCE_CHILD_OF, REFERENCE_FOLLOWS_FROM } = library;
  expect([REFERENCE_CHILD_OF, REFERENCE_FOLLOWS_FROM]).toEqual([
    old.REFERENCE_CHILD_OF,
    old.REFERENCE_FOLLOWS_FROM,
  ]);
  expect(library.Tags).toMatchObject({ ...old.Tags });
});
