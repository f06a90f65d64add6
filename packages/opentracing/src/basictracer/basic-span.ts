import { asText } from '../as-text.js';
import { monotonicNow, timeOf } from '../clock.js';
import { itemOf, withItem } from '../propagation/baggage-items.js';
import { BasicSpanContext, LocalTrace } from '../propagation/basic-span-context.js';
import { childOf, type Reference } from '../reference.js';
import { Span } from '../span.js';
import { NOOP_SPAN_CONTEXT } from '../span-context.js';
import type { BasicTracer } from './basic-tracer.js';
import { hasRoomFor } from './cut-span.js';
import { compactTags, NO_TAGS, replaceTag, withRoom } from './flat-tags.js';
import { SpanExtras } from './span-extras.js';

const SAMPLING_PRIORITY = 'sampling.priority';
const SPAN_KIND = 'span.kind';
const PRODUCER = 'producer';

/** @internal The start of a span that is not recorded. */
export const NOT_TIMED = 0;

/** One entry of a span's log. */
export interface LogEntry {
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  /** What was logged: the very object that was given to `Span.log`. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/**
 * A span of `BasicTracer`. Once finished it is handed to the recorder and does not change any more.
 *
 * Tags and logs are flat arrays, made when the first one is set, because most spans are started,
 * finished and encoded without anybody asking for them as objects.
 */
export class BasicSpan extends Span {
  /** The operation name. */
  operationName: string;
  /**
   * When the span started, in milliseconds since the Unix epoch, with a fraction; 0 where that is not
   * known, because the trace is not recorded.
   */
  startTime: number;
  /**
   * @internal Whole microseconds, which the engine stores without boxing for half an hour; -1 until the
   * span has finished.
   */
  _micros = -1;
  /** @internal */
  declare _tracer: BasicTracer;
  /** @internal What the span shares with the others of its trace in this process. */
  _trace: LocalTrace;
  /** @internal The id, in two words; as numbers, because a context is made when asked for only. */
  readonly _span0: number;
  /** @internal */
  readonly _span1: number;
  /** @internal Both 0 where there is no parent. */
  _parent0: number;
  /** @internal */
  _parent1: number;
  /** @internal */
  _baggage: Readonly<Record<string, string>> | null;
  /** @internal */
  _extras: SpanExtras | null = null;
  /** @internal Whether changes are recorded: the trace is sampled and the span has not finished. */
  _isRecording: boolean;
  /**
   * @internal Key, value, key, value, up to `_tagsEnd`. A key that was set again is in it again, later,
   * until {@link BasicSpan._compactTags}.
   */
  _tags: unknown[] = NO_TAGS;
  /** @internal */
  _tagsEnd = 0;
  /** @internal Timestamp, fields, timestamp, fields. */
  _logs: unknown[] | null = null;

  /**
   * @internal
   * @param parent - a span or the context of one; without ids where the trace begins here
   */
  constructor(
    tracer: BasicTracer,
    trace: LocalTrace,
    span0: number,
    span1: number,
    parent: Pick<BasicSpanContext, '_span0' | '_span1' | '_baggage'>,
    operationName: string,
    startTime: number,
  ) {
    super(tracer);
    this.operationName = operationName;
    this.startTime = startTime;
    this._trace = trace;
    this._span0 = span0;
    this._span1 = span1;
    this._parent0 = parent._span0;
    this._parent1 = parent._span1;
    this._baggage = parent._baggage;
    this._isRecording = trace.sampled === true;
  }

  /** @internal Takes the place in the trace of the client's span, whose id it has got. */
  _join({ _parent0, _parent1, _baggage }: BasicSpanContext): void {
    this._parent0 = _parent0;
    this._parent1 = _parent1;
    this._baggage = _baggage;
    this._withExtras().isShared = true;
  }

  /**
   * How long the span took, in milliseconds, to a microsecond; -1 until it has finished, 0 where the
   * trace is not recorded.
   */
  get duration(): number {
    return this._micros < 0 ? -1 : this._micros / 1000;
  }

  /** Whether the span has the id of the client's span, which it was joined with. */
  get isShared(): boolean {
    return this._extras?.isShared === true;
  }

  /** @internal */
  _withExtras(): SpanExtras {
    this._extras ??= new SpanExtras();
    return this._extras;
  }

  override context(): BasicSpanContext {
    if (this._context === NOOP_SPAN_CONTEXT) {
      this._context = this._newContext();
    }
    return this._context as BasicSpanContext;
  }

  /** @internal */
  _newContext(): BasicSpanContext {
    return new BasicSpanContext(
      this._trace,
      this._span0,
      this._span1,
      this._parent0,
      this._parent1,
      this._baggage,
    );
  }

  /** The id of the parent span, 16 lower-case hex digits; `null` for a root. */
  get parentId(): string | null {
    return this.context().parentId;
  }

  /** How the span is related to others, the parent among them. */
  get references(): readonly Reference[] {
    const given = this._extras?.references;
    if (given) {
      return given;
    }
    const { _trace, _parent0, _parent1, _baggage } = this;
    return _parent0 === 0 && _parent1 === 0
      ? []
      : [childOf(new BasicSpanContext(_trace, _parent0, _parent1, 0, 0, _baggage))];
  }

  /** The tags as an object, made anew at each call. */
  get tags(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    const flat = this._compactTags();
    for (let i = 0; i < this._tagsEnd; i += 2) {
      const key = asText(flat[i]);
      if (key !== undefined) {
        entries.push([key, flat[i + 1]]);
      }
    }
    return Object.fromEntries(entries);
  }

  /** @internal The tags, up to `_tagsEnd`, each key once, where it was first, with its last value. */
  _compactTags(): unknown[] {
    this._tagsEnd = compactTags(this._tags, this._tagsEnd);
    return this._tags;
  }

  /** The log in the order in which it was written, made anew at each call. */
  get logs(): LogEntry[] {
    const logs: LogEntry[] = [];
    const flat = this._logs ?? [];
    for (let i = 0; i < flat.length; i += 2) {
      logs.push({ timestamp: flat[i] as number, fields: flat[i + 1] as LogEntry['fields'] });
    }
    return logs;
  }

  /** How many tags were left out, because the span had as many as its tracer allows. */
  get droppedTags(): number {
    return this._extras?.cuts?.droppedTags ?? 0;
  }

  /** How many logs were left out, because the span had as many as its tracer allows. */
  get droppedLogs(): number {
    return this._extras?.cuts?.droppedLogs ?? 0;
  }

  /** How many values of tags and of fields of logs were shortened, which is done at the finish. */
  get cutValues(): number {
    return this._extras?.cuts?.cutValues ?? 0;
  }

  /** How many baggage items were left out, because the span had as many as its tracer allows. */
  get droppedBaggageItems(): number {
    return this._extras?.cuts?.droppedBaggageItems ?? 0;
  }

  override setOperationName(name: string): this {
    if (this._isRecording) {
      this.operationName = name;
      this._tracer._policy.openSpans?.rename(this);
    }
    return this;
  }

  override setTag(key: string, value: unknown): this {
    if (key === SAMPLING_PRIORITY) {
      this._setPriority(value);
    }
    if (this._isRecording) {
      const tags = this._tags;
      const end = this._tagsEnd;
      if (end === tags.length) {
        this._addTag(key, value);
      } else {
        tags[end] = key;
        tags[end + 1] = value;
        this._tagsEnd = end + 2;
      }
    }
    return this;
  }

  override addTags(tags: Record<string, unknown>): this {
    // Before the others, which count then wherever it stands among them.
    if (!this._isRecording) {
      this._setPriority(priorityIn(tags));
    }
    return this._isRecording ? super.addTags(tags) : this;
  }

  /** @internal Where there is no room; apart, so that `setTag` is small enough to be inlined. */
  _addTag(key: string, value: unknown): void {
    const maxEnd = 2 * this._tracer._policy.limits.maxTags;
    if (this._tags === NO_TAGS && maxEnd >= 10) {
      // Room for five tags: growing a literal of two in steps costs more and leaves more behind.
      this._tags = [key, value, 0, 0, 0, 0, 0, 0, 0, 0];
      this._tagsEnd = 2;
      return;
    }
    // Once a tag was left out, each key is there once.
    const tags = this.droppedTags === 0 ? this._compactTags() : this._tags;
    if (this._tagsEnd === maxEnd) {
      if (!replaceTag(tags, maxEnd, key, value)) {
        this._tracer._policy.cut(this, 'droppedTags', 1);
      }
      return;
    }
    // A key that is set again and again is not to be looked for each time.
    this._tags = this._tagsEnd >= tags.length / 2 ? withRoom(tags, maxEnd) : tags;
    this._tags[this._tagsEnd++] = key;
    this._tags[this._tagsEnd++] = value;
  }

  override log(fields: Record<string, unknown>, timestamp?: number): this {
    if (this._isRecording) {
      const time = timeOf(timestamp) ?? this._now();
      const logs = this._logs;
      if (logs === null) {
        this._logs = [time, fields];
      } else if (logs.length < 2 * this._tracer._policy.limits.maxLogs) {
        logs.push(time, fields);
      } else {
        this._replaceLog(time, fields);
      }
    }
    return this;
  }

  /** @internal Where there is no room: the last one is likely to say how the operation ended. */
  _replaceLog(time: number, fields: Record<string, unknown>): void {
    this._logs?.splice(-2, 2, time, fields);
    this._tracer._policy.cut(this, 'droppedLogs', 1);
  }

  override setBaggageItem(key: string, value: string): this {
    const name = asText(key);
    const text = asText(value);
    if (this._micros >= 0 || !name || text === undefined) {
      return this;
    }
    const { _policy: policy } = this._tracer;
    if (hasRoomFor(this._baggage, name, text, policy.limits)) {
      this._baggage = withItem(this._baggage, name, text);
      this._context = NOOP_SPAN_CONTEXT;
    } else {
      policy.cut(this, 'droppedBaggageItems', 1);
    }
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return itemOf(this._baggage, key);
  }

  override finish(finishTime?: number): void {
    if (this._micros >= 0) {
      return;
    }
    if (!this._isRecording) {
      this._micros = 0;
      return;
    }
    // A finish time that was given may lie before the start.
    const elapsed = (timeOf(finishTime) ?? this._now()) - this.startTime;
    this._micros = Math.max(Math.round(elapsed * 1000), 0);
    this._isRecording = false;
    this._tracer._record(this);
  }

  /** @internal Whether the span is that of the sender of a message. */
  _isProducer(): boolean {
    for (let i = this._tagsEnd - 2; i >= 0; i -= 2) {
      if (this._tags[i] === SPAN_KIND) {
        return this._tags[i + 1] === PRODUCER;
      }
    }
    return false;
  }

  /** @internal Milliseconds since the Unix epoch by the clock of this trace; or the tracer's own clock. */
  _now(): number {
    return this._trace.epochOffset + monotonicNow();
  }

  /** @internal The tag `sampling.priority`; what is no number changes nothing. */
  _setPriority(value: unknown): void {
    const priority = priorityOf(value);
    if (this._micros < 0 && !Number.isNaN(priority)) {
      this._setSampled(priority > 0);
    }
  }

  /** @internal The decision is the trace's; this span and what descends from it gets its own. */
  _setSampled(sampled: boolean): void {
    const { _trace: trace } = this;
    if (trace.sampled !== sampled) {
      const { id0, id1, id2, id3, debug, epochOffset, arrived } = trace;
      const changed = new LocalTrace(id0, id1, id2, id3, sampled, debug && sampled);
      changed.epochOffset = epochOffset;
      changed.arrived = arrived;
      changed.remote0 = trace.remote0;
      changed.remote1 = trace.remote1;
      this._trace = changed;
      this._context = NOOP_SPAN_CONTEXT;
    }
    if (sampled && this.startTime === NOT_TIMED) {
      this.startTime = this._now();
    }
    this._isRecording = sampled;
    this._tracer._policy.watch(this);
  }
}

/** What else there is may throw when it is made a number. */
function priorityOf(value: unknown): number {
  return typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && value.trim() !== '')
    ? Number(value)
    : Number.NaN;
}

function priorityIn(tags: Record<string, unknown>): unknown {
  try {
    return Object.hasOwn(tags, SAMPLING_PRIORITY) ? tags[SAMPLING_PRIORITY] : undefined;
  } catch {
    return undefined;
  }
}
