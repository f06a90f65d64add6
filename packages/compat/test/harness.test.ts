import { apiChecks } from 'opentracing-ts/harness';
import opentracing from 'opentracing-ts-compat';
import { describe, expect, test } from 'vitest';

let lastId = 0;

/** A tracer as a vendor wrote it for 0.14.7: hooks alone, contexts that never change, one carrier. */
class VendorTracer extends opentracing.Tracer {
  protected override _startSpan(name: string, fields: opentracing.SpanOptions): VendorSpan {
    const references = fields.references ?? [];
    const parent = (
      references.find((one) => one.type() === opentracing.REFERENCE_CHILD_OF) ?? references[0]
    )?.referencedContext() as VendorContext | undefined;
    const context = new VendorContext(
      parent?.toTraceId() || `${++lastId}`,
      `${++lastId}`,
      parent?.baggage ?? Object.create(null),
    );
    const span = new VendorSpan(this, context, parent?.toSpanId() || null, fields);
    span.setOperationName(name);
    return fields.tags ? span.addTags(fields.tags) : span;
  }

  protected override _inject(
    context: VendorContext,
    _format: string,
    carrier: Record<string, string>,
  ): void {
    carrier['vendor-ids'] = `${context.toTraceId()}:${context.toSpanId()}`;
  }

  protected override _extract(
    _format: string,
    carrier: Record<string, string>,
  ): VendorContext | null {
    const [traceId, spanId] = carrier['vendor-ids']?.split(':') ?? [];
    return traceId && spanId ? new VendorContext(traceId, spanId, Object.create(null)) : null;
  }
}

class VendorContext extends opentracing.SpanContext {
  readonly baggage: Readonly<Record<string, string>>;

  constructor(
    readonly traceId: string,
    readonly spanId: string,
    baggage: Readonly<Record<string, string>>,
  ) {
    super();
    this.baggage = Object.freeze(baggage);
  }

  override toTraceId(): string {
    return this.traceId;
  }

  override toSpanId(): string {
    return this.spanId;
  }
}

class VendorSpan extends opentracing.Span {
  operationName = '';
  readonly startTime: number;
  finishTime: number | null = null;
  readonly tags: Record<string, unknown> = {};
  readonly logs: { fields: Record<string, unknown>; timestamp: number }[] = [];
  readonly references: opentracing.Reference[];

  constructor(
    readonly by: VendorTracer,
    public own: VendorContext,
    readonly parentId: string | null,
    fields: opentracing.SpanOptions,
  ) {
    super();
    this.references = fields.references ?? [];
    this.startTime = fields.startTime ?? performance.timeOrigin + performance.now();
  }

  get duration(): number {
    return this.finishTime === null ? 0 : this.finishTime - this.startTime;
  }

  protected override _context(): VendorContext {
    return this.own;
  }

  protected override _tracer(): VendorTracer {
    return this.by;
  }

  protected override _setOperationName(name: string): void {
    if (this.finishTime === null) this.operationName = name;
  }

  protected override _setBaggageItem(key: string, value: string): void {
    if (this.finishTime !== null) return;
    const baggage = Object.assign(Object.create(null), this.own.baggage, { [key]: String(value) });
    this.own = new VendorContext(this.own.traceId, this.own.spanId, baggage);
  }

  protected override _getBaggageItem(key: string): string | undefined {
    return this.own.baggage[key];
  }

  protected override _addTags(tags: Record<string, unknown>): void {
    if (this.finishTime === null) {
      Object.defineProperties(this.tags, Object.getOwnPropertyDescriptors(tags));
    }
  }

  protected override _log(fields: Record<string, unknown>, timestamp?: number): void {
    if (this.finishTime === null) {
      const now = performance.timeOrigin + performance.now();
      this.logs.push({ fields: { ...fields }, timestamp: timestamp ?? now });
    }
  }

  protected override _finish(finishTime?: number): void {
    const now = performance.timeOrigin + performance.now();
    this.finishTime ??= Math.max(finishTime ?? now, this.startTime);
  }
}

/** What the hooks of the tracer decide, or 0.14.7: its `childOf` comes last among the references. */
const UP_TO_THE_TRACER = [
  'the first childOf is the parent among several references',
  'a format that the tracer does not know is an UnsupportedFormatError',
  'a carrier that does not go with the format is an InvalidCarrierError',
  'extract gives the ids and the baggage that were injected, in every format and carrier',
  'an extracted context is a parent that passes its baggage on',
  'the names of HTTP headers are read in any case, and as the raw headers of Node',
  'baggage with hostile keys and values fits into HTTP headers and comes back',
];

describe('a tracer for 0.14.7 keeps the rules of the harness', () => {
  const checks = apiChecks(() => new VendorTracer(), {
    async: true,
    recordedSpan: (span) => span as unknown as VendorSpan,
  });

  for (const check of checks.filter(({ name }) => !UP_TO_THE_TRACER.includes(name))) {
    test(check.name, () => check.run());
  }

  test('but for what is up to the tracer', async () => {
    for (const name of UP_TO_THE_TRACER) {
      const check = checks.find((candidate) => candidate.name === name);
      await expect(async () => check?.run(), name).rejects.toThrow();
    }
  });
});
