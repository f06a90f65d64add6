import { asText } from '../as-text.js';
import { monotonicNow, timeOf } from '../clock.js';
import { itemOf, withItem } from '../propagation/baggage-items.js';
import { BasicSpanContext, LocalTrace } from '../propagation/basic-span-context.js';
import { childOf, type Reference } from '../reference.js';
import { Span } from '../span.js';
import { Tags } from '../tags.js';
import type { BasicTracer } from './basic-tracer.js';

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
  /** When the span started, in milliseconds since the Unix epoch, with a fraction. */
  readonly startTime: number;
  /** How long the span took, in milliseconds, with a fraction; -1 until it has finished. */
  duration = -1;
  /** Whether the span has the id of the client's span, which it was joined with. */
  readonly isShared: boolean;
  /** @internal */
  declare _tracer: BasicTracer;
  /** @internal */
  declare _context: BasicSpanContext;
  /** @internal `null` where there is at most a parent. */
  _references: readonly Reference[] | null;
  /** @internal Whether changes are recorded: the trace is sampled and the span has not finished. */
  _isRecording: boolean;
  /** @internal Key, value, key, value, up to `_tagsEnd`. */
  _tags: unknown[] | null = null;
  /** @internal */
  _tagsEnd = 0;
  /** @internal Timestamp, fields, timestamp, fields. */
  _logs: unknown[] | null = null;

  /** @internal */
  constructor(
    tracer: BasicTracer,
    context: BasicSpanContext,
    operationName: string,
    startTime: number,
    references: readonly Reference[] | null,
    isShared: boolean,
  ) {
    super(tracer, context);
    this.operationName = operationName;
    this.startTime = startTime;
    this._references = references;
    this.isShared = isShared;
    this._isRecording = context._trace.sampled === true;
  }

  override context(): BasicSpanContext {
    return this._context;
  }

  /** The id of the parent span, 16 lower-case hex digits; `null` for a root. */
  get parentId(): string | null {
    return this._context.parentId;
  }

  /** How the span is related to others, the parent among them. */
  get references(): readonly Reference[] {
    if (this._references !== null) {
      return this._references;
    }
    const { _trace, _parent0, _parent1, _baggage, parentId } = this._context;
    return parentId === null
      ? []
      : [childOf(new BasicSpanContext(_trace, _parent0, _parent1, 0, 0, _baggage))];
  }

  /** The tags as an object, made anew at each call. */
  get tags(): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    const flat = this._tags ?? [];
    for (let i = 0; i < this._tagsEnd; i += 2) {
      const key = asText(flat[i]);
      if (key !== undefined) {
        entries.push([key, flat[i + 1]]);
      }
    }
    return Object.fromEntries(entries);
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

  override setOperationName(name: string): this {
    if (this._isRecording) {
      this.operationName = name;
    }
    return this;
  }

  override setTag(key: string, value: unknown): this {
    if (key === Tags.SAMPLING_PRIORITY && this.duration < 0) {
      this._setPriority(value);
    }
    if (!this._isRecording) {
      return this;
    }
    const end = this._tagsEnd;
    let tags = this._tags;
    if (tags === null) {
      // Room for six tags: growing a literal of two in steps costs more and leaves more behind.
      tags = [key, value, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
      this._tags = tags;
      this._tagsEnd = 2;
      return this;
    }
    for (let i = 0; i < end; i += 2) {
      if (tags[i] === key) {
        tags[i + 1] = value;
        return this;
      }
    }
    tags[end] = key;
    tags[end + 1] = value;
    this._tagsEnd = end + 2;
    return this;
  }

  override addTags(tags: Record<string, unknown>): this {
    // Before the others, which count then wherever it stands among them.
    if (!this._isRecording && this.duration < 0) {
      this._setPriority(priorityIn(tags));
    }
    return this._isRecording ? super.addTags(tags) : this;
  }

  override log(fields: Record<string, unknown>, timestamp?: number): this {
    if (this._isRecording) {
      const time = timeOf(timestamp) ?? this._now();
      if (this._logs === null) {
        this._logs = [time, fields];
      } else {
        this._logs.push(time, fields);
      }
    }
    return this;
  }

  override setBaggageItem(key: string, value: string): this {
    if (this.duration < 0) {
      const { _context: context } = this;
      const baggage = withItem(context._baggage, key, value);
      if (baggage !== null) {
        this._context = context._withBaggage(baggage);
      }
    }
    return this;
  }

  override getBaggageItem(key: string): string | undefined {
    return itemOf(this._context._baggage, key);
  }

  override finish(finishTime?: number): void {
    if (this.duration >= 0) {
      return;
    }
    // A finish time that was given may lie before the start.
    this.duration = Math.max((timeOf(finishTime) ?? this._now()) - this.startTime, 0);
    if (this._isRecording) {
      this._isRecording = false;
      this._tracer._record(this);
    }
  }

  /** @internal Milliseconds since the Unix epoch by the clock of this trace. */
  _now(): number {
    return this._context._trace.epochOffset + monotonicNow();
  }

  /** @internal What is no number changes nothing. */
  _setPriority(value: unknown): void {
    const priority = priorityOf(value);
    if (!Number.isNaN(priority)) {
      this._setSampled(priority > 0);
    }
  }

  /** @internal The decision is the trace's; this span and what descends from it gets its own. */
  _setSampled(sampled: boolean): void {
    const { _context: context } = this;
    const trace = context._trace;
    if (trace.sampled !== sampled) {
      const { id0, id1, id2, id3, debug, epochOffset, traceState } = trace;
      const changed = new LocalTrace(id0, id1, id2, id3, sampled, debug && sampled);
      changed.epochOffset = epochOffset;
      changed.traceState = traceState;
      this._context = context._withBaggage(context._baggage);
      this._context._trace = changed;
    }
    this._isRecording = sampled;
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
    return Object.hasOwn(tags, Tags.SAMPLING_PRIORITY) ? tags[Tags.SAMPLING_PRIORITY] : undefined;
  } catch {
    return undefined;
  }
}
