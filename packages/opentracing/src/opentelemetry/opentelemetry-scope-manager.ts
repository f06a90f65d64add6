import {
  type Baggage,
  type Context,
  context,
  createContextKey,
  INVALID_SPAN_CONTEXT,
  type Span as OtelSpan,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { globalTracer } from '../global-tracer.js';
import { openLink, ScopeChainManager, ScopeLink } from '../scope-managers/scope-chain.js';
import type { Span } from '../span.js';
import type { Tracer } from '../tracer.js';
import { attach, type RegisteredManager, registeredManager } from './attach.js';
import { baggageOf } from './baggage.js';
import { BridgeLoopError } from './bridge-loop-error.js';
import { settledBaggage, withoutBaggage } from './live-baggage.js';
import { OpenTelemetrySpan, otelSpanOf, remember, wrapperOf } from './opentelemetry-span.js';
import { readContext } from './opentelemetry-span-context.js';
import { type OpenTelemetryErrorOptions, reportOnce } from './report-once.js';

/** What a context of OpenTelemetry holds of the innermost scope. */
interface Activation {
  link: ScopeLink;
  /** That span in the same context; another one was made active inside by OpenTelemetry's code. */
  span: OtelSpan;
}

const SCOPE = createContextKey('opentracing-ts/v1 scope');

/**
 * Scopes that are OpenTelemetry's active context: a span that is activated here is
 * `trace.getActiveSpan()`, and one that OpenTelemetry's code has made active is the active one here.
 *
 * What propagates is what the context manager of OpenTelemetry follows: with
 * `AsyncLocalStorageContextManager` everything that is awaited or scheduled while the span is active,
 * with `ZoneContextManager` what zone.js follows, with `StackContextManager` what is called meanwhile.
 * `withActive` and `withActiveSpan` work with all of them.
 *
 * The limits: `activate` and `startActiveSpan` need a context manager with `attach`
 * (`AsyncLocalStorageContextManager` and `OpenTracingContextManager`), or one of the two others whose
 * insides are known: `AsyncLocalStorageContextManager` before it had that, and `StackContextManager`.
 * With another, such as `ZoneContextManager`, or without any, such a scope makes nothing active and
 * `onError` is told. In an async function they are entered in the caller's context until the first
 * `await`, as with `AsyncLocalStorageScopeManager`. OpenTelemetry's contexts are never changed: what
 * was scheduled in a scope shows its span to OpenTelemetry's code even when the scope has closed since,
 * whereas here it is passed over; and they keep the span in memory as long as they last.
 */
export class OpenTelemetryScopeManager extends ScopeChainManager {
  /** @internal Whose spans those are that OpenTelemetry's code has started; by default the global one. */
  _tracer: Tracer | null = null;
  /** @internal */
  _report: (cause: unknown) => void;
  /** @internal By the link of a scope, the context in which it was opened. */
  _outer = new WeakMap<ScopeLink, Context>();
  /** @internal By a context in which OpenTelemetry's code has made a span active, the link for that. */
  _foreign = new WeakMap<Context, ScopeLink>();

  /** @internal The manager that was looked at last, and whether it follows this one. */
  _checked: RegisteredManager | undefined;
  /** @internal */
  _isLoop = false;

  /** @param options - whom to tell that a span could not be made active */
  constructor(options?: OpenTelemetryErrorOptions | null) {
    super();
    this._report = reportOnce(options?.onError);
  }

  /** @internal */
  override _read(): ScopeLink | null {
    return this._followsItself() ? null : this._linkIn(context.active());
  }

  /** @internal */
  override _write(link: ScopeLink | null): void {
    if (this._followsItself()) {
      return;
    }
    const active = context.active();
    const isNew = link !== null && !link.isRun && !this._outer.has(link);
    if (isNew) {
      this._outer.set(link, active);
    }
    if (!attach(isNew ? contextWith(active, link) : this._contextAfter(active, link)) && isNew) {
      this._report(new NotActivatedError());
    }
  }

  /** @internal */
  override _run<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R {
    return this._followsItself()
      ? fn(argument)
      : context.with(contextWith(context.active(), link), () => fn(argument));
  }

  /**
   * @internal Whether the context of OpenTelemetry is that of an `OpenTracingContextManager` over this
   * manager: then neither knows an active span.
   */
  _followsItself(): boolean {
    const manager = registeredManager();
    if (manager !== this._checked) {
      this._checked = manager;
      this._isLoop = manager?._parts?.tracer().scopeManager === this;
      if (this._isLoop) {
        this._report(new BridgeLoopError('context manager'));
      }
    }
    return this._isLoop;
  }

  /** With all that the context of OpenTelemetry holds, not with the scope alone. */
  // biome-ignore lint/suspicious/noExplicitAny: any function is accepted, as the contract says
  override bind<F extends (...args: any[]) => any>(fn: F): F {
    const bound = context.active();
    return function (this: unknown, ...args: unknown[]) {
      // A manager may take the context that it is in for nothing to do, and leave it open to `fn`.
      const inside = context.active() === bound ? bound.deleteValue(UNUSED) : bound;
      return context.with(inside, () => Reflect.apply(fn, this, args));
    } as F;
  }

  /** @internal The active context, with the span that is active here in it, and no other. */
  _context(): Context {
    const active = this._followsItself() ? ROOT_CONTEXT : context.active();
    const link = this._linkIn(active);
    const head = openLink(link);
    return head === link ? active : contextWith(active, head);
  }

  /** @internal The span of OpenTracing for one of OpenTelemetry. */
  _wrap(span: OtelSpan, inside: Context): OpenTelemetrySpan {
    let wrapper = wrapperOf(span);
    if (wrapper === undefined) {
      const baggage = propagation.getBaggage(inside);
      const tracer = this._tracer ?? globalTracer();
      wrapper = new OpenTelemetrySpan(tracer, span, settledBaggage(baggage), this._report);
      wrapper._absorbed = baggage;
      remember(wrapper);
    }
    return wrapper;
  }

  /** @internal The innermost link of a context, be it open or closed. */
  _linkIn(inside: Context): ScopeLink | null {
    const span = trace.getSpan(inside);
    if (span === undefined) {
      return null;
    }
    const activation = inside.getValue(SCOPE) as Activation | undefined;
    if (activation?.span === span) {
      return activation.link;
    }
    let link = this._foreign.get(inside);
    if (link === undefined) {
      const wrapper = this._wrap(span, inside);
      link = new ScopeLink(this, wrapper, activation?.link ?? null, false, true);
      this._foreign.set(inside, link);
    }
    return link;
  }

  /** @internal The context to go on in once the scopes inside `link` have closed. */
  _contextAfter(active: Context, link: ScopeLink | null): Context {
    let around = active;
    let closed = this._linkIn(around);
    while (closed !== null && openLink(closed) !== closed) {
      const outer = this._outer.get(closed);
      if (outer === undefined) {
        break;
      }
      around = outer;
      closed = this._linkIn(around);
    }
    return closed === link ? around : contextWith(around, link);
  }
}

/** A key that no context has: a context without it is another one of the same values. */
const UNUSED = createContextKey('opentracing-ts/v1 unused');

/** The same context with the span of a link active in it, or none. */
function contextWith(around: Context, link: ScopeLink | null): Context {
  const span = link?.openSpan() ?? null;
  if (link === null || span === null) {
    return withoutBaggage(trace.deleteSpan(around.deleteValue(SCOPE)));
  }
  const otelSpan = otelSpanOf(span) ?? standIn(span);
  const activation: Activation = { link, span: otelSpan };
  const inside = trace.setSpan(around.setValue(SCOPE, activation), otelSpan);
  const baggage = baggageIn(span);
  if (baggage !== null) {
    return propagation.setBaggage(inside, baggage);
  }
  return withoutBaggage(inside);
}

/** What stands for a span of another tracer in OpenTelemetry's contexts: a context to be the parent of. */
function standIn(span: Span): OtelSpan {
  return trace.wrapSpanContext(readContext(span.context())?.unwrap() ?? INVALID_SPAN_CONTEXT);
}

function baggageIn(span: Span): Baggage | null {
  return (span as Partial<OpenTelemetrySpan>)._liveBaggage ?? baggageOf(span.context().baggage);
}

class NotActivatedError extends Error {
  constructor() {
    super(
      'A span could not be made active: the context manager of OpenTelemetry can have one active for ' +
        'a function only, or there is none; register AsyncLocalStorageContextManager, or use ' +
        'withActiveSpan and withActive instead of startActiveSpan and activate.',
    );
    this.name = 'NotActivatedError';
  }
}
