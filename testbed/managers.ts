import type { ScopeManager } from 'opentracing-ts';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';

/** A scope manager that the scenarios run over, and what it does by itself. */
export interface Manager {
  name: string;
  create: () => ScopeManager;
  /** Behind an `await` of an async function, the span that was active before it is active still. */
  followsAwait: boolean;
  /** Timers, callbacks and tasks that begin while a span is active run with it active. */
  propagatesToChildren: boolean;
}

/** Every scope manager that the scenarios run over. A new one is one entry here. */
export const managers: Manager[] = [
  {
    name: 'ThreadLocalScopeManager',
    create: () => new ThreadLocalScopeManager(),
    followsAwait: false,
    propagatesToChildren: false,
  },
  {
    name: 'AsyncLocalStorageScopeManager',
    create: () => new AsyncLocalStorageScopeManager(),
    followsAwait: true,
    propagatesToChildren: true,
  },
];
