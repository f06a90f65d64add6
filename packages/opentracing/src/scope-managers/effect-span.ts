import * as Cause from 'effect/Cause';
import type * as Context from 'effect/Context';
import * as Exit from 'effect/Exit';
import * as Option from 'effect/Option';
import type * as EffectTracer from 'effect/Tracer';
import { epochNow } from '../clock.js';
import type { Span } from '../span.js';
import { SpanContext } from '../span-context.js';
import type { ScopeLink } from './scope-chain.js';

/** What Effect says of a span that begins, as far as it is kept. */
type EffectSpanOptions = Omit<Parameters<EffectTracer.Tracer['span']>[0], 'root'>;

/**
 * A span of a tracer of ours as Effect wants one.
 *
 * @internal
 */
export class EffectSpan implements EffectTracer.Span {
  readonly _tag = 'Span';
  readonly name: string;
  parent: Option.Option<EffectTracer.AnySpan>;
  readonly annotations: Context.Context<never>;
  readonly kind: EffectTracer.SpanKind;
  readonly sampled: boolean;
  links: readonly EffectTracer.SpanLink[];
  status: EffectTracer.SpanStatus;
  /** The place of the span among the scopes. */
  _link: ScopeLink;
  _span: Span;
  _attributes: Map<string, unknown> | null = null;

  constructor(link: ScopeLink, options: EffectSpanOptions) {
    this._link = link;
    this._span = link.span as Span;
    this.name = options.name;
    this.parent = options.parent;
    this.annotations = options.annotations;
    this.links = options.links;
    this.kind = options.kind;
    this.sampled = options.sampled;
    this.status = { _tag: 'Started', startTime: options.startTime };
  }

  get spanId(): string {
    return this._span.context().toSpanId();
  }

  get traceId(): string {
    return this._span.context().toTraceId();
  }

  get attributes(): ReadonlyMap<string, unknown> {
    this._attributes ??= new Map();
    return this._attributes;
  }

  attribute(key: string, value: unknown): void {
    if (this.status._tag === 'Started') {
      this._attributes ??= new Map();
      this._attributes.set(key, value);
      this._span.setTag(key, value);
    }
  }

  /** The time of Effect's clock is left: all of a trace goes by the clock of its tracer. */
  event(name: string, _startTime: bigint, attributes?: Record<string, unknown>): void {
    this._span.log({ ...attributes, event: name });
  }

  addLinks(links: readonly EffectTracer.SpanLink[]): void {
    this.links = [...this.links, ...links];
    logLinks(this._span, links);
  }

  /**
   * Records how the effect has ended, and lets go of all but the context: fibers that live on have
   * this span as their parent.
   */
  end(endTime: bigint, exit: Exit.Exit<unknown, unknown>): void {
    if (this.status._tag === 'Ended') {
      return;
    }
    this.status = {
      _tag: 'Ended',
      startTime: this.status.startTime,
      endTime,
      exit: exit._tag === 'Success' ? Exit.void : exit,
    };
    this._attributes = null;
    logExit(this._span, exit);
    this._span.finish();
    this._link.release();
    this._span = this._link.openSpan() ?? this._span;
    this._giveBack();
  }

  /** The effect has ended: what it has left running has the span and nothing around it. */
  _giveBack(): void {
    this.parent = Option.none();
    this._link.hasReturned = true;
    this._link.previous = null;
  }
}

/** The context of a span that Effect knows by its ids. @internal */
export class ExternalSpanContext extends SpanContext {
  _external: EffectTracer.ExternalSpan;

  constructor(external: EffectTracer.ExternalSpan) {
    super();
    this._external = external;
  }

  override toTraceId(): string {
    return this._external.traceId;
  }

  override toSpanId(): string {
    return this._external.spanId;
  }
}

/** OpenTracing has references at the start only; what is linked otherwise is a log. @internal */
export function logLinks(span: Span, links: readonly EffectTracer.SpanLink[]): void {
  for (const { span: linked, attributes } of links) {
    span.log({
      ...attributes,
      event: 'link',
      trace_id: linked.traceId,
      span_id: linked.spanId,
    });
  }
}

/** An interruption is no error: it gets the tag that Effect's own exporter gives it. */
function logExit(span: Span, exit: Exit.Exit<unknown, unknown>): void {
  if (exit._tag === 'Success') {
    return;
  }
  for (const reason of exit.cause.reasons) {
    if (Cause.isFailReason(reason)) {
      span.logError(reason.error);
    } else if (Cause.isDieReason(reason)) {
      span.logError(reason.defect);
    }
  }
  if (Cause.hasInterruptsOnly(exit.cause)) {
    span.setTag('effect.fiber.interrupted', true);
  }
}

/** The time as Effect has it: nanoseconds since the Unix epoch. @internal */
export function nanosNow(): bigint {
  return BigInt(Math.round(epochNow() * 1e6));
}
