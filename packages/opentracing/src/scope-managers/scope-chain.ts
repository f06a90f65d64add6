import { epochNow } from '../clock.js';
import { runAndFinish } from '../run-and-finish.js';
import { Scope } from '../scope.js';
import { isSpan, ScopeManager } from '../scope-manager.js';
import { Span } from '../span.js';
import type { SpanContext } from '../span-context.js';
import type { SpanOptions, Tracer } from '../tracer.js';

/**
 * One activation of a span, linked to the one around it.
 *
 * This, and not the scope, is what contexts (timers, sockets, pools) hold on to, often long after the
 * span has finished, so it lets go of the span: a closed link has none, and a finished `withActive`
 * keeps its context, which is enough to be a parent.
 *
 * @internal
 */
export class ScopeLink {
  manager: ScopeChainManager;
  /** `null` once closed (such a link is passed over) and once released. */
  span: Span | null;
  /** What is left of the span once released; until then `null`. */
  context: SpanContext | null = null;
  /** The tracer of the released span. */
  tracer: Tracer | null = null;
  /** The link around this one. */
  previous: ScopeLink | null;
  finishOnClose: boolean;
  /** Whether the link lasts as long as a function runs, rather than until its scope is closed. */
  isRun: boolean;
  /** Made for `activate` at once, for `withActive` when somebody asks for the active scope. */
  scope: ScopeChainScope | null = null;
  /** Whether the function of a run has returned, so that only what it left running is in it. */
  hasReturned = false;
  /** When `close` was called while scopes inside this one were open; milliseconds since the epoch. */
  closedAt: number | null = null;

  constructor(
    manager: ScopeChainManager,
    span: Span,
    previous: ScopeLink | null,
    finishOnClose: boolean,
    isRun: boolean,
  ) {
    this.manager = manager;
    this.span = span;
    this.previous = previous;
    this.finishOnClose = finishOnClose;
    this.isRun = isRun;
  }

  /** The function has settled: it stays the parent of what it has scheduled, by its context alone. */
  release(): void {
    const { span, previous } = this;
    if (span !== null) {
      this.context = span.context();
      this.tracer = span.tracer();
      this.span = null;
      this.scope = null;
      this.previous = null;
      if (this.manager._waiting > 0) {
        closeWaiting(previous);
      }
    }
  }

  /** The span, or what is left of it once released; `null` once closed. */
  openSpan(): Span | null {
    if (this.span === null && this.context !== null) {
      this.span = new FinishedSpan(this.tracer as Tracer, this.context);
    }
    return this.span;
  }

  close(): void {
    const { span, manager } = this;
    if (span === null || this.closedAt !== null) {
      return;
    }
    const head = manager._head();
    let innermost = head;
    while (innermost !== null && innermost !== this && isLent(innermost)) {
      innermost = openLink(innermost.previous);
    }
    if (innermost !== this && isAround(this, innermost)) {
      this.closedAt = timeBy(span);
      manager._waiting++;
      return;
    }
    this.end(undefined);
    const next = closeWaiting(this.previous);
    if (head === this) {
      manager._write(next);
    }
  }

  end(finishTime: number | undefined): void {
    const { span } = this;
    this.span = null;
    this.context = null;
    this.scope = null;
    this.previous = openLink(this.previous);
    if (this.finishOnClose) {
      span?.finish(finishTime);
    }
  }
}

/** The time by the clock of the span, where it has one of its own. */
function timeBy(span: Span): number {
  const clock = span as { _now?: unknown };
  const time = typeof clock._now === 'function' ? clock._now() : undefined;
  return typeof time === 'number' ? time : epochNow();
}

/** @internal The nearest link that is not closed, from `link` outwards. */
export function openLink(link: ScopeLink | null): ScopeLink | null {
  let open = link;
  while (open !== null && open.span === null && open.context === null) {
    open = open.previous;
  }
  return open;
}

/** Whether a span is merely lent to a function: that opens nothing which would have to close first. */
function isLent(link: ScopeLink): boolean {
  return link.isRun && !link.finishOnClose;
}

/** Whether `inner` was opened inside `outer`. */
function isAround(outer: ScopeLink, inner: ScopeLink | null): boolean {
  let link = inner;
  while (link !== null && link !== outer) {
    link = link.previous;
  }
  return link === outer;
}

/** Ends the links that were only waiting for the ones inside them; returns the next open one. */
function closeWaiting(link: ScopeLink | null): ScopeLink | null {
  let outer = openLink(link);
  while (outer !== null && (outer.closedAt !== null || isLent(outer))) {
    const next = openLink(outer.previous);
    if (outer.closedAt !== null) {
      outer.manager._waiting--;
      outer.end(outer.closedAt);
    }
    outer = next;
  }
  return openLink(link);
}

/**
 * What a run goes on in when it begins in a context that an earlier one has left behind: not in that
 * one. A loop whose turns each schedule the next would otherwise link all of its turns together.
 */
function runningLink(link: ScopeLink | null): ScopeLink | null {
  let running = link;
  while (running !== null && isLent(running) && running.hasReturned) {
    running = openLink(running.previous);
  }
  return running;
}

/** What is left of the span of a run that is over: the context, with its baggage. */
class FinishedSpan extends Span {
  override getBaggageItem(key: string): string | undefined {
    return this.context().baggage[key];
  }
}

class ScopeChainScope extends Scope {
  _link: ScopeLink;

  constructor(link: ScopeLink, span: Span) {
    super(link.manager, span, link.finishOnClose);
    this._link = link;
  }

  override close(): void {
    this._link.close();
  }
}

/**
 * A scope manager over any storage that holds one value for the running task or thread: what the
 * managers of this package have in common.
 */
export abstract class ScopeChainManager extends ScopeManager {
  /** @internal How many links were closed before the ones inside them, and wait for those. */
  _waiting = 0;

  /** @internal What the storage holds here and now. */
  abstract _read(): ScopeLink | null | undefined;
  /** @internal Makes the storage hold `link` for the rest of the running task or thread. */
  abstract _write(link: ScopeLink | null): void;
  /** @internal Calls `fn` with `argument`, the storage holding `link` meanwhile, and only there. */
  abstract _run<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R;

  /** @internal */
  _release(link: ScopeLink): void {
    link.release();
  }

  /** @internal The innermost open link. */
  _head(): ScopeLink | null {
    return openLink(this._read() ?? null);
  }

  override activate(span: Span, finishOnClose: boolean): Scope {
    if (!isSpan(span)) {
      return super.activate(span, false);
    }
    const link = new ScopeLink(this, span, this._head(), finishOnClose, false);
    const scope = new ScopeChainScope(link, span);
    link.scope = scope;
    this._write(link);
    return scope;
  }

  override get active(): Scope | null {
    const link = this._head();
    if (link === null) {
      return null;
    }
    link.scope ??= new ScopeChainScope(link, link.openSpan() as Span);
    return link.scope;
  }

  /** @internal */
  override _activeSpan(): Span | null {
    return this._head()?.openSpan() ?? null;
  }

  /** @internal */
  override _withNewSpan<R>(
    tracer: Tracer,
    operationName: string,
    options: SpanOptions | null | undefined,
    fn: (span: Span) => R,
  ): R {
    const head = this._head();
    const active = head === null ? null : head.openSpan();
    const span = tracer._startSpanIn(active, operationName, options);
    return runAndFinish(span, fn, this, new ScopeLink(this, span, runningLink(head), true, true));
  }

  /** @internal */
  override _withSpan<R>(span: Span, fn: (span: Span) => R, finishOnClose: boolean): R {
    const link = new ScopeLink(this, span, runningLink(this._head()), finishOnClose, true);
    return finishOnClose ? runAndFinish(span, fn, this, link) : this._runLent(link, span, fn);
  }

  /** @internal */
  _runLent<R>(link: ScopeLink, span: Span, fn: (span: Span) => R): R {
    try {
      return this._run(link, fn, span);
    } finally {
      link.hasReturned = true;
    }
  }

  /** @internal */
  override _withoutActive<R>(fn: () => R): R {
    return this._runIn(null, fn, undefined);
  }

  // biome-ignore lint/suspicious/noExplicitAny: any function is accepted, as the contract says
  override bind<F extends (...args: any[]) => any>(fn: F): F {
    const link = this._head();
    const manager = this;
    return function bound(this: unknown, ...args: unknown[]) {
      return manager._runIn(link, (given) => Reflect.apply(fn, this, given), args);
    } as F;
  }

  /** @internal Like `_run`, and right where the storage holds `link` already. */
  _runIn<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R {
    if (this._read() !== link) {
      return this._run(link, fn, argument);
    }
    // AsyncLocalStorage takes this for nothing to do, and what `fn` leaves open would stay open here.
    try {
      return fn(argument);
    } finally {
      if (this._read() !== link) {
        this._write(link);
      }
    }
  }
}
