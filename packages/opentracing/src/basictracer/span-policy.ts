import { timeOf } from '../clock.js';
import type { BasicSpan } from './basic-span.js';
import type { BasicTracerOptions } from './basic-tracer-options.js';
import { checkedClock } from './checked-clock.js';
import { cutBaggage, cutLogs, cutTags } from './cut-span.js';
import { type GeneratedIds, generatedIds } from './id-generator.js';
import { type OpenSpans, openSpans } from './open-spans.js';
import type { ReportOnce } from './report-error.js';
import {
  type Cuts,
  checkedLimits,
  type Limits,
  limitError,
  limitsBaggage,
  noCuts,
} from './span-limits.js';

/**
 * What a program asks of a tracer beyond recording: a clock and ids of its own, limits, a watch on spans
 * that are open. Most ask for nothing, and their spans start and finish without a look at this.
 *
 * @internal
 */
export class SpanPolicy {
  /** Whether spans that start and finish are none of its business. */
  readonly isIdle: boolean;
  /** `null` for the clock of the process. */
  readonly clock: (() => number) | null;
  /** `null` for random ids. */
  readonly ids: GeneratedIds | null;
  /** `null` where nobody asks for spans that are never finished. */
  readonly openSpans: OpenSpans | null;
  readonly limits: Limits;
  /** Of all spans. */
  readonly cuts: Cuts = noCuts();
  readonly onError: ReportOnce;

  constructor(options: BasicTracerOptions, onError: ReportOnce) {
    this.onError = onError;
    this.clock = checkedClock(options.now, onError);
    this.ids = generatedIds(options, onError);
    this.openSpans = openSpans(options.onUnfinished, onError);
    this.limits = checkedLimits(options.limits);
    this.isIdle =
      this.clock === null &&
      this.ids === null &&
      this.openSpans === null &&
      this.limits.maxValueLength === Number.POSITIVE_INFINITY &&
      !limitsBaggage(this.limits);
  }

  /** Changes a span that has just been started, whose context nobody has seen yet. */
  started(span: BasicSpan, startTime: number | undefined): BasicSpan {
    if (this.ids !== null && !span.isShared) {
      this.ids.nameSpan(span);
    }
    if (this.clock !== null) {
      span._now = this.clock;
      span.startTime = timeOf(startTime) ?? this.clock();
    }
    if (span._baggage !== null && limitsBaggage(this.limits)) {
      const { kept, dropped } = cutBaggage(span._baggage, this.limits);
      span._baggage = kept;
      this.cut(span, 'droppedBaggageItems', dropped);
    }
    this.watch(span);
    return span;
  }

  /** A span that is about to be recorded. */
  finished(span: BasicSpan): void {
    this.openSpans?.delete(span);
    const { maxValueLength } = this.limits;
    if (maxValueLength < Number.POSITIVE_INFINITY) {
      const tags = cutTags(span._compactTags(), span._tagsEnd, maxValueLength);
      this.cut(span, 'cutValues', tags + cutLogs(span._logs ?? [], maxValueLength));
    }
  }

  /** Keeps an eye on a span that is recorded when it finishes. */
  watch(span: BasicSpan): void {
    if (span._isRecording) {
      this.openSpans?.add(span);
    } else {
      this.openSpans?.delete(span);
    }
  }

  /** Counts what was left out of a span. */
  cut(span: BasicSpan, kind: keyof Cuts, count: number): void {
    if (count > 0) {
      const error = this.cuts[kind] === 0 ? limitError(kind, span.operationName) : null;
      const extras = span._withExtras();
      extras.cuts ??= noCuts();
      extras.cuts[kind] += count;
      this.cuts[kind] += count;
      if (error !== null) {
        this.onError(error, `limit of ${kind}`);
      }
    }
  }
}
