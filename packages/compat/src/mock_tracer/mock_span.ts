import { es5Class } from '../es5_class.js';
import type { Fields } from '../fields.js';
import type Reference from '../reference.js';
import { Span } from '../span.js';
import type { Tracer } from '../tracer.js';
import { MockContext } from './mock_context.js';
import type { MockTracer } from './mock_tracer.js';

/** A span as {@link MockSpan.debug} shows it. */
export interface DebugInfo {
  /** The id. */
  uuid: string;
  /** The operation name. */
  operation: string;
  /** Duration, start and finish, in milliseconds; the finish is 0 until the span has finished. */
  millis: [number, number, number];
  /** The tags, where there are any. */
  tags?: Fields;
}

class MockSpanBase extends Span {
  /** @internal */
  _operationName!: string;
  /** @internal */
  _tags!: Fields;
  /** @internal */
  _logs!: { fields: Fields; timestamp: number | undefined }[];
  /** @internal */
  _mockTracer!: MockTracer;
  /** @internal */
  _uuid!: string;
  /** @internal */
  _startMs!: number;
  /** Milliseconds since the Unix epoch; 0 until the span has finished. */
  _finishMs!: number;
  /** The stack of the call that started the span. */
  _startStack?: string;

  protected override _context(): MockContext {
    return new MockContext(this);
  }

  protected override _setOperationName(name: string): void {
    this._operationName = name;
  }

  protected override _addTags(set: Fields): void {
    for (const key of Object.keys(set)) {
      this._tags[key] = set[key];
    }
  }

  protected override _log(fields: Fields, timestamp?: number): void {
    this._logs.push({ fields, timestamp });
  }

  protected override _finish(finishTime?: number): void {
    this._finishMs = finishTime || Date.now();
  }

  /** The id: 16 hex digits. */
  uuid(): string {
    return this._uuid;
  }

  /** The operation name. */
  operationName(): string {
    return this._operationName;
  }

  /** Milliseconds from start to finish. */
  durationMs(): number {
    return this._finishMs - this._startMs;
  }

  /** The tags: the object itself. */
  tags(): Fields {
    return this._tags;
  }

  override tracer(): Tracer {
    return this._mockTracer;
  }

  /** @internal */
  _generateUUID(): string {
    const half = () =>
      Math.floor(Math.random() * 2 ** 32)
        .toString(16)
        .padStart(8, '0');
    return half() + half();
  }

  /** Called with every reference that the span is started with. Does nothing. */
  addReference(_ref: Reference): void {}

  /** The span in brief, to print. */
  debug(): DebugInfo {
    const info: DebugInfo = {
      uuid: this._uuid,
      operation: this._operationName,
      millis: [this._finishMs - this._startMs, this._startMs, this._finishMs],
    };
    if (Object.keys(this._tags).length > 0) {
      info.tags = this._tags;
    }
    return info;
  }
}

/** A span of {@link MockTracer}. */
export interface MockSpan extends MockSpanBase {}

/** A span for unit tests. */
export const MockSpan = es5Class(MockSpanBase, (self, tracer: MockTracer) => {
  Span.call(self);
  self._mockTracer = tracer;
  self._uuid = self._generateUUID();
  self._startMs = Date.now();
  self._finishMs = 0;
  self._operationName = '';
  self._tags = {};
  self._logs = [];
});

export default MockSpan;
