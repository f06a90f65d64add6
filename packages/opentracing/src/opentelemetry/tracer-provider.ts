import {
  type Attributes,
  type Context,
  context as contexts,
  INVALID_SPAN_CONTEXT,
  isSpanContextValid,
  type Link,
  type Span as OtelSpan,
  type SpanOptions as OtelSpanOptions,
  type Tracer as OtelTracer,
  propagation,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { checkMethod } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { globalTracer, isGlobalTracerRegistered } from '../global-tracer.js';
import { mistypedOptions } from '../mistyped-options.js';
import { childOf, followsFrom, type Reference } from '../reference.js';
import { setServerParent } from '../server-parent.js';
import type { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import { Tags } from '../tags.js';
import { type SpanOptions, Tracer } from '../tracer.js';
import { tagOfAttribute, tagOfKind, tagValue } from './attribute-tags.js';
import { BridgeSpan, isValid, linkFields } from './bridge-span.js';
import { type OpenTelemetryErrorOptions, reportOnce, tell } from './report-once.js';
import { openTracingContextOf } from './span-contexts.js';
import { parentContextOf } from './span-pairs.js';
import { isSuppressed } from './suppressed.js';
import { millisecondsOf } from './time-input.js';

/** What the parts of the bridge from OpenTelemetry to a tracer of OpenTracing take. */
export interface OpenTracingBridgeOptions extends OpenTelemetryErrorOptions {
  /** The tracer that records; by default the global one, asked for anew at each call. */
  tracer?: Tracer | undefined;
}

const OPTIONS: Readonly<Record<keyof OpenTracingBridgeOptions, true>> = {
  tracer: true,
  onError: true,
};

/** @internal What the parts of the bridge share. */
export interface BridgeParts {
  readonly tracer: () => Tracer;
  /** Whether there is a tracer that may record. */
  readonly isReady: () => boolean;
  readonly report: (error: unknown) => void;
}

/**
 * @internal The options of a part, checked.
 *
 * @param of - what takes them, for messages
 * @throws TypeError
 */
export function bridgeParts(
  of: string,
  options: OpenTracingBridgeOptions | null | undefined,
): BridgeParts {
  const given = options ?? {};
  checkOptions(of, given, { startSpan: 'tracer; pass it as { tracer }' });
  const { tracer, onError } = given;
  const slips = mistypedOptions(of, given, OPTIONS);
  if (slips !== null) {
    tell(slips, onError);
  }
  if (tracer === undefined) {
    return {
      tracer: globalTracer,
      isReady: () =>
        isGlobalTracerRegistered() && globalTracer().startSpan !== Tracer.prototype.startSpan,
      report: reportOnce(onError),
    };
  }
  checkMethod('The tracer is', tracer, 'startSpan', 'leave it out for the global one');
  return { tracer: () => tracer, isReady: () => true, report: reportOnce(onError) };
}

/**
 * A provider for `@opentelemetry/api` whose tracers record with a tracer of OpenTracing, so that the
 * instrumentation made for OpenTelemetry reports into it. {@link registerOpenTelemetry} registers it
 * with the context manager and the propagator that belong to it.
 *
 * Attributes become tags: `url.full` and the like under OpenTracing's names, all others under their
 * own. The name of the instrumentation is the tag `component`, its version `otel.scope.version`. Events
 * and exceptions are logs, links are `followsFrom` references, the status `ERROR` is the tag `error`
 * with its description in `otel.status_description`, and the kind is `span.kind`.
 *
 * Source: OpenTelemetry specification, "Trace API".
 *
 * @example
 * ```ts
 * const tracer = new MockTracer();
 * const provider = new OpenTracingTracerProvider({ tracer });
 * provider.getTracer('kitchen').startSpan('soup').setAttribute('db.system', 'redis').end();
 * console.log(tracer.finishedSpans()[0]?.tags);
 * ```
 * ```text
 * { component: 'kitchen', 'db.type': 'redis' }
 * ```
 */
export class OpenTracingTracerProvider implements TracerProvider {
  /** @internal */
  readonly _parts: BridgeParts;

  /** @throws TypeError for a tracer that is none */
  constructor(options?: OpenTracingBridgeOptions | null) {
    this._parts = bridgeParts('OpenTracingTracerProvider', options);
  }

  /**
   * A tracer for one instrumentation.
   *
   * @param name - of the package that instruments
   * @param version - of that package
   */
  getTracer(name: string, version?: string): OtelTracer {
    return new BridgeTracer(this._parts, {
      ...(name && { [Tags.COMPONENT]: name }),
      ...(version && { 'otel.scope.version': version }),
    });
  }
}

class BridgeTracer implements OtelTracer {
  _parts: BridgeParts;
  _tags: Readonly<Record<string, string>>;
  _tagsOfKinds = new Map<string | undefined, Readonly<Record<string, unknown>>>();

  constructor(parts: BridgeParts, tags: Readonly<Record<string, string>>) {
    this._parts = parts;
    this._tags = tags;
  }

  startSpan(name: string, options?: OtelSpanOptions, context?: Context): OtelSpan {
    const where = context ?? contexts.active();
    if (isSuppressed(where)) {
      return trace.wrapSpanContext(INVALID_SPAN_CONTEXT);
    }
    const given = options ?? {};
    const parent = given.root ? undefined : trace.getSpan(where);
    if (!this._parts.isReady()) {
      return goOn(parent);
    }
    try {
      const kind = tagOfKind(given.kind);
      const isServer = kind === Tags.SPAN_KIND_RPC_SERVER;
      const { attributes } = given;
      // Samplers decide by the tags, but not again under a span of this process.
      const later = parent instanceof BridgeSpan ? attributes : undefined;
      const common = this._tagsOf(kind);
      const tags = attributes && !later ? withAttributes(common, attributes, isServer) : common;
      const started = this._parts
        .tracer()
        .startSpan(name, this._optionsOf(given, parent, tags, context !== undefined));
      passBaggage(where, started);
      const span = new BridgeSpan(started, isServer, this._parts.report);
      if (isValid(span)) {
        if (isServer) {
          setServerParent(started, () => (span._hasEnded ? undefined : spanIdOf(parent)));
        }
        if (later) {
          span.setAttributes(later);
        }
        logUnreferenced(started, given);
        return span;
      }
    } catch (error) {
      this._parts.report(error);
    }
    return goOn(parent);
  }

  startActiveSpan<F extends (span: OtelSpan) => unknown>(name: string, fn: F): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(
    name: string,
    options: OtelSpanOptions,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(
    name: string,
    options: OtelSpanOptions,
    context: Context,
    fn: F,
  ): ReturnType<F>;
  startActiveSpan<F extends (span: OtelSpan) => unknown>(
    name: string,
    ...given: [F] | [OtelSpanOptions, F] | [OtelSpanOptions, Context, F]
  ): ReturnType<F> {
    const fn = given.at(-1) as F;
    const options = given.length > 1 ? (given[0] as OtelSpanOptions) : undefined;
    const context = given.length > 2 ? (given[1] as Context) : undefined;
    const span = this.startSpan(name, options, context);
    const inside = trace.setSpan(context ?? contexts.active(), span);
    return contexts.with(inside, fn as (span: OtelSpan) => ReturnType<F>, undefined, span);
  }

  _optionsOf(
    { links, root, startTime }: OtelSpanOptions,
    parent: OtelSpan | undefined,
    tags: Record<string, unknown>,
    isInContext: boolean,
  ): SpanOptions {
    const parentContext = parentContextOf(parent);
    const hasReferences = !root && links !== undefined && links.length > 0;
    return {
      childOf: hasReferences ? null : parentContext,
      references: hasReferences ? referencesOf(parentContext, links) : null,
      tags,
      startTime: millisecondsOf(startTime),
      // What is active in OpenTracing counts only where nobody says in which context to start.
      ignoreActiveSpan: isInContext || root === true,
    };
  }

  /** The tags of all spans of a kind, made once. */
  _tagsOf(kind: string | undefined): Readonly<Record<string, unknown>> {
    let tags = this._tagsOfKinds.get(kind);
    if (tags === undefined) {
      tags = Object.freeze({ ...this._tags, ...(kind && { [Tags.SPAN_KIND]: kind }) });
      this._tagsOfKinds.set(kind, tags);
    }
    return tags;
  }
}

/** Where no tracer is registered, or it failed, what follows goes on with the trace that there was. */
function goOn(parent: OtelSpan | undefined): OtelSpan {
  return trace.wrapSpanContext(parent?.spanContext() ?? INVALID_SPAN_CONTEXT);
}

function withAttributes(
  common: Readonly<Record<string, unknown>>,
  attributes: Attributes,
  isServer: boolean,
): Record<string, unknown> {
  const tags: Record<string, unknown> = { ...common };
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value !== undefined && value !== null) {
      tags[tagOfAttribute(name, value, isServer)] = tagValue(value);
    }
  }
  return tags;
}

/** `''` where there is no span. */
function spanIdOf(span: OtelSpan | undefined): string {
  const context = span?.spanContext();
  return context !== undefined && isSpanContextValid(context) ? context.spanId : '';
}

function referencesOf(parent: SpanContext | null, links: readonly Link[]): Reference[] {
  const linked = links.filter(isLinkToSpan).map(({ context }) => openTracingContextOf(context));
  return [childOf(parent), ...linked.map(followsFrom)];
}

/** Baggage of the context that the span does not have from its parent. */
function passBaggage(context: Context, span: Span): void {
  for (const [key, { value }] of propagation.getBaggage(context)?.getAllEntries() ?? []) {
    if (span.getBaggageItem(key) !== value) {
      span.setBaggageItem(key, value);
    }
  }
}

/** What a link says beside its context, and links of the root of a trace, which has no references. */
function logUnreferenced(span: Span, { links, root }: OtelSpanOptions): void {
  for (const link of links ?? []) {
    if (root || !isLinkToSpan(link) || Object.keys(link.attributes ?? {}).length > 0) {
      span.log(linkFields(link));
    }
  }
}

function isLinkToSpan({ context }: Link): boolean {
  return isSpanContextValid(context);
}
