import { epochOffset, monotonicNow } from '../clock.js';
import { UnsupportedFormatError } from '../errors.js';
import type { Propagator } from '../propagation/propagator.js';
import { FORMAT_BINARY, FORMAT_HTTP_HEADERS, FORMAT_TEXT_MAP } from '../propagation.js';
import { contextOf } from '../reference.js';
import type { ScopeManager } from '../scope-manager.js';
import { ThreadLocalScopeManager } from '../scope-managers/thread-local.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { parentReference, referencesOf } from '../span-options.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { BinaryPropagator } from './binary-propagator.js';
import { MockSpan } from './mock-span.js';
import { MockSpanContext } from './mock-span-context.js';
import { TextPropagator } from './text-propagator.js';

// One counter for all mock tracers of the program: two of them, a client and a server, never give
// the same id to different spans.
let lastId = 0;

const nextId = (): string => (++lastId).toString(16);

/**
 * A tracer that keeps its finished spans in memory, for the tests of instrumented programs. It does
 * everything that the contract of `Tracer` says, injecting and extracting in all three formats
 * included. Its ids are small hex numbers.
 *
 * Source: opentracing-python, `opentracing.mocktracer`.
 */
export class MockTracer extends Tracer {
  /** @internal */
  _finishedSpans: MockSpan[] = [];
  /** @internal */
  _propagators: Map<string, Propagator> = new Map();

  /** @param scopeManager - keeps the active span; by default that of the running thread */
  constructor(scopeManager: ScopeManager = new ThreadLocalScopeManager()) {
    super(scopeManager);
    this.registerPropagator(FORMAT_TEXT_MAP, new TextPropagator(FORMAT_TEXT_MAP));
    this.registerPropagator(FORMAT_HTTP_HEADERS, new TextPropagator(FORMAT_HTTP_HEADERS));
    this.registerPropagator(FORMAT_BINARY, new BinaryPropagator());
  }

  /** The spans that have finished since the start or {@link MockTracer.reset}, first finished first. */
  finishedSpans(): MockSpan[] {
    return [...this._finishedSpans];
  }

  /** Forgets the finished spans. Spans that are still open are recorded when they finish. */
  reset(): void {
    this._finishedSpans = [];
  }

  /**
   * Sets what injects and extracts in one format, in place of what did so before.
   *
   * @param format - one of the three formats, or any other name
   * @param propagator - gets any context to inject, those of other tracers included
   */
  registerPropagator(format: string, propagator: Propagator): void {
    this._propagators.set(format, propagator);
  }

  override startSpan(operationName: string, options?: SpanOptions | null): MockSpan {
    const references = referencesOf(this, options);
    const parent = parentReference(references)?.referencedContext();
    // A context of nothing, such as the no-op tracer gives, has baggage at the most.
    const parentId = parent?.toSpanId() || null;
    const context = new MockSpanContext(
      parent?.toTraceId() || nextId(),
      nextId(),
      parent?.baggage ?? null,
    );
    context._epochOffset =
      (parent as Partial<MockSpanContext>)?._epochOffset ?? epochOffset(monotonicNow());
    const span = new MockSpan(
      this,
      context,
      operationName,
      parentId,
      references,
      options?.startTime,
      context._epochOffset,
    );
    return options?.tags ? span.addTags(options.tags) : span;
  }

  override inject(context: SpanContext | Span, format: string, carrier: unknown): void {
    const propagator = this._propagator(format);
    const given: Partial<SpanContext> | null | undefined = contextOf(context);
    // What is no context is ignored, as by BasicTracer.
    if (typeof given?.toTraceId === 'function') {
      propagator.inject(given as SpanContext, carrier);
    }
  }

  override extract(format: string, carrier: unknown): SpanContext | null {
    return this._propagator(format).extract(carrier);
  }

  /** @internal */
  _recordFinished(span: MockSpan): void {
    this._finishedSpans.push(span);
  }

  /** @internal */
  _propagator(format: string): Propagator {
    const propagator = this._propagators.get(format);
    if (propagator === undefined) {
      throw new UnsupportedFormatError(format);
    }
    return propagator;
  }
}
