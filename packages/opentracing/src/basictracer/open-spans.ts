import { describeValue } from '../describe-value.js';
import type { BasicSpanContext } from '../propagation/basic-span-context.js';
import type { BasicSpan } from './basic-span.js';
import type { ReportOnce } from './report-error.js';

/** A span that was started and never finished, so that it was not recorded. */
export interface UnfinishedSpan {
  /** The operation name, the last one that was set. */
  readonly operationName: string;
  /** Milliseconds since the Unix epoch. */
  readonly startTime: number;
  /** 16 or 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /**
   * How it is known: `'collected'`, nobody can finish it any more, because the program has no reference to
   * it; `'closed'`, the tracer was closed.
   */
  readonly reason: 'collected' | 'closed';
}

/**
 * @internal What the option of a tracer asks for; `null` for nothing.
 *
 * @throws TypeError for what is no function
 */
export function openSpans(
  onUnfinished: ((span: UnfinishedSpan) => void) | null | undefined,
  onError: ReportOnce,
): OpenSpans | null {
  if (onUnfinished === undefined || onUnfinished === null) {
    return null;
  }
  if (typeof onUnfinished !== 'function') {
    throw new TypeError(`The onUnfinished is ${describeValue(onUnfinished)}; give a function.`);
  }
  return new OpenSpans(onUnfinished, onError);
}

/** What is known of a span without keeping it alive. */
interface OpenSpan {
  operationName: string;
  readonly startTime: number;
  readonly context: BasicSpanContext;
}

/** @internal Tells of spans that are never finished. */
export class OpenSpans {
  /** @internal */
  _notes: WeakMap<BasicSpan, OpenSpan> = new WeakMap();
  /** @internal In the order in which they were started. */
  _open: Set<OpenSpan> = new Set();
  /** @internal `null` where the runtime does not tell what it has collected. */
  _registry: FinalizationRegistry<OpenSpan> | null;
  /** @internal */
  _onUnfinished: (span: UnfinishedSpan) => void;
  /** @internal */
  _onError: ReportOnce;

  constructor(onUnfinished: (span: UnfinishedSpan) => void, onError: ReportOnce) {
    this._onUnfinished = onUnfinished;
    this._onError = onError;
    this._registry =
      typeof FinalizationRegistry === 'function'
        ? new FinalizationRegistry((note) => this._tell(note, 'collected'))
        : null;
  }

  /** Does nothing for one that is in it. */
  add(span: BasicSpan): void {
    if (this._notes.has(span)) {
      return;
    }
    const { operationName, startTime } = span;
    const note = { operationName, startTime, context: span.context() };
    this._notes.set(span, note);
    this._open.add(note);
    this._registry?.register(span, note, span);
  }

  rename(span: BasicSpan): void {
    const note = this._notes.get(span);
    if (note !== undefined) {
      note.operationName = span.operationName;
    }
  }

  delete(span: BasicSpan): void {
    const note = this._notes.get(span);
    if (note !== undefined) {
      this._open.delete(note);
      this._notes.delete(span);
      this._registry?.unregister(span);
    }
  }

  /** Tells of those that are open now. */
  close(): void {
    for (const note of this._open) {
      this._tell(note, 'closed');
    }
  }

  /** @internal Once for each span. */
  _tell(note: OpenSpan, reason: UnfinishedSpan['reason']): void {
    if (this._open.delete(note)) {
      const { operationName, startTime, context } = note;
      const [traceId, spanId] = [context.toTraceId(), context.toSpanId()];
      try {
        this._onUnfinished({ operationName, startTime, traceId, spanId, reason });
      } catch (error) {
        this._onError(error, 'onUnfinished');
      }
    }
  }
}
