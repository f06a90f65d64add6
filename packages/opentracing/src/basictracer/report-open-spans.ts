import type { BasicSpan } from './basic-span.js';
import type { BasicTracer } from './basic-tracer.js';

/** When spans that are open are recorded. */
export interface OpenSpanReportOptions {
  /** After how many milliseconds a span that is still open is recorded, once; by default 30,000. */
  afterMs?: number | undefined;
}

/** What {@link reportOpenSpans} returns. */
export interface OpenSpanReport {
  /** Records every span that is open and was not recorded so far, as at the end of a program. */
  reportAll(): void;
}

const UNFINISHED = 'opentracing.unfinished';
const AFTER_MS = 30_000;
/** So that a program that never finishes its spans does not run out of memory for it. */
const MOST_SPANS = 10_000;

/**
 * Makes a tracer record spans that are not finished: those that are open for long, and, when `reportAll` is
 * called, all of them. What is recorded is the span as it is then, without a duration, with the tag
 * `opentracing.unfinished`. When such a span finishes after all it is recorded again, with its duration and
 * that tag false; a collector of Zipkin's kind makes one span of both.
 *
 * For looking at a program while it is written: it keeps the spans that are open, the newest 10,000.
 *
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * const tracer = new BasicTracer({ recorder });
 * const report = reportOpenSpans(tracer);
 * tracer.startSpan('forgotten');
 * report.reportAll();
 * for (const { operationName, duration, tags } of recorder.spans) {
 *   console.log(operationName, duration, tags);
 * }
 * ```
 * ```text
 * forgotten -1 { 'opentracing.unfinished': true }
 * ```
 */
export function reportOpenSpans(
  tracer: BasicTracer,
  options: OpenSpanReportOptions = {},
): OpenSpanReport {
  const afterMs = options.afterMs ?? AFTER_MS;
  const start = tracer.startSpan.bind(tracer);
  const record = tracer._record.bind(tracer);
  /** In the order in which they were started, with the time of that and whether they were recorded. */
  const open = new Map<BasicSpan, { since: number; isReported: boolean }>();

  tracer.startSpan = function startSpan(operationName, startOptions) {
    const span = start(operationName, startOptions);
    if (span._isRecording) {
      const [oldest] = open.keys();
      if (open.size >= MOST_SPANS && oldest !== undefined) {
        open.delete(oldest);
      }
      open.set(span, { since: Date.now(), isReported: false });
    }
    return span;
  };
  tracer._record = (span) => {
    if (open.get(span)?.isReported) {
      span._isRecording = true;
      span.setTag(UNFINISHED, false);
      span._isRecording = false;
    }
    open.delete(span);
    record(span);
  };
  const reportBefore = (time: number) => {
    for (const [span, state] of open) {
      if (!state.isReported && state.since <= time && span._isRecording) {
        state.isReported = true;
        record(copyOf(span).setTag(UNFINISHED, true));
      }
    }
  };
  const timer = setInterval(() => reportBefore(Date.now() - afterMs), Math.max(afterMs / 3, 10));
  // In browsers a timer is a number and keeps nothing running.
  (timer as { unref?(): void }).unref?.();
  return { reportAll: () => reportBefore(Number.POSITIVE_INFINITY) };
}

/** Since what is recorded may not change any more. */
function copyOf(span: BasicSpan): BasicSpan {
  const copy: BasicSpan = Object.assign(Object.create(Object.getPrototypeOf(span)), span);
  copy._tags = [...span._compactTags()];
  copy._logs = span._logs === null ? null : [...span._logs];
  return copy;
}
