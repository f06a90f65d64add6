import type { BasicSpan } from './basic-span.js';

/**
 * Where finished spans go: the abstract Recorder of the description of the platform API.
 */
export interface SpanRecorder {
  /**
   * Takes one sampled span, once, when it finishes. Called on the path of the traced program: it
   * should hand the span on and return. The span does not change any more.
   *
   * @param span - has finished
   */
  recordSpan(span: BasicSpan): void;
  /** Resolves when every span recorded before the call has been handed on. */
  flush?(): Promise<void>;
  /** Flushes, then lets go of timers and connections. */
  close?(): Promise<void>;
}

/**
 * Keeps finished spans in memory: for tests and for looking at what a program records.
 *
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * const tracer = new BasicTracer({ recorder });
 * tracer.startSpan('lunch').setTag('hot', true).finish();
 * console.log(recorder.spans[0]?.operationName, recorder.spans[0]?.tags);
 * ```
 * ```text
 * lunch { hot: true }
 * ```
 */
export class InMemoryRecorder implements SpanRecorder {
  /** @internal */
  _spans: BasicSpan[] = [];

  recordSpan(span: BasicSpan): void {
    this._spans.push(span);
  }

  /** The finished spans, in the order in which they finished. */
  get spans(): readonly BasicSpan[] {
    return this._spans;
  }

  /** Forgets all spans. */
  reset(): void {
    this._spans = [];
  }
}
