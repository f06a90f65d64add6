// For users who compile without this library: Symbol.dispose is in the declarations.
/// <reference lib="esnext.disposable" preserve="true" />

import type { ScopeManager } from './scope-manager.js';
import type { Span } from './span.js';

/**
 * The stretch of a program in which a span is active. It belongs to the task or thread that it was
 * opened in and is never handed to another; the span may be.
 *
 * The class itself belongs to the no-op scope manager: nothing becomes active, and closing it only
 * finishes the span where that was asked for.
 *
 * Source: the description of the platform API, "Scope and within-process propagation".
 */
export class Scope {
  /** @internal */
  _manager: ScopeManager;
  /** @internal */
  _span: Span;
  /** @internal */
  _finishOnClose: boolean;

  /**
   * @param manager - the manager that opens this scope
   * @param span - the span that is active in it
   * @param finishOnClose - whether {@link Scope.close} finishes the span
   */
  constructor(manager: ScopeManager, span: Span, finishOnClose: boolean) {
    this._manager = manager;
    this._span = span;
    this._finishOnClose = finishOnClose;
  }

  /** The span that is active in this scope. */
  get span(): Span {
    return this._span;
  }

  /** The manager that opened this scope. */
  get manager(): ScopeManager {
    return this._manager;
  }

  /**
   * Ends the scope: the span that was active before is active again, and this one's is finished if
   * `finishOnClose` was asked for. Every call after the first is ignored.
   *
   * Closed before the scopes that were opened inside it, it takes effect when those have closed, and
   * the span's finish time is the moment of this call. Closed from a context in which it was never
   * active, it finishes its span and leaves that context's own active scope alone.
   */
  close(): void {
    if (this._finishOnClose) {
      this._finishOnClose = false;
      this._span.finish();
    }
  }

  /** Closes the scope: `using scope = tracer.startActiveSpan('work')`. */
  [Symbol.dispose](): void {
    this.close();
  }
}
