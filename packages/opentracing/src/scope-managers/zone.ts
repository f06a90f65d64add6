/**
 * The scope manager for programs with zone.js: Angular, browsers.
 *
 * @module
 */
import { ScopeChainManager, type ScopeLink } from './scope-chain.js';

/** The members of a zone of zone.js that are used here. */
interface Zone {
  readonly parent: Zone | null;
  get(key: symbol): unknown;
  getZoneWith(key: symbol): Zone | null;
  fork(spec: { name: string; properties: Record<symbol, unknown> }): Zone;
  run<R>(fn: (...args: never[]) => R, applyThis?: unknown, applyArgs?: unknown[]): R;
}

/** What is running: zone.js puts one on its stack for each task and each `run`. */
interface ZoneFrame {
  zone: Zone;
  readonly parent: ZoneFrame | null;
}

/** The class of zones, which zone.js makes global. */
interface ZoneClass {
  readonly current: Zone;
  readonly root: Zone;
  __load_patch?(
    name: string,
    patch: (global: unknown, zone: unknown, api: { currentZoneFrame?: () => ZoneFrame }) => void,
  ): void;
  /** Shared by all copies of this package, since zone.js takes a patch once for each name. */
  [FRAME]?: () => ZoneFrame;
}

const FRAME: unique symbol = Symbol.for('opentracing-ts/zone-frame');

/**
 * Scopes that follow the zones of zone.js, 0.15 or later: for Angular, and for other programs in
 * browsers. Import zone.js before the manager is made; this module does not.
 *
 * What propagates: everything that zone.js patches and that is scheduled while the span is active:
 * promises, timers, microtasks, listeners of event targets, requests. `withActive` runs its function
 * in a zone forked from the current one, so that what the program keeps in its zones, as Angular does,
 * stays visible; siblings never see each other. `activate` and `startActiveSpan` put such a zone in
 * the place of the current one for the rest of the running task, so that what that task schedules
 * sees the scope, and what else runs in the same zone does not.
 *
 * What does not: behind a native `await` the zone is lost, since zone.js cannot patch it. Compile to
 * ES2015 or ES2016, as Angular's build does, so that `await` becomes a generator; nothing else is
 * needed. In code that was not compiled so, `withActive` and `withActiveSpan` are right up to the
 * first `await`; from there on nothing is active, `bind` and a new `withActive` work, and a scope that
 * is opened by `activate` may be seen by others that wait for a native `await`, until the microtasks
 * that are waiting have run.
 *
 * As with `AsyncLocalStorageScopeManager`, a scope that an async function opens before its first
 * `await` is seen by a caller that goes on without awaiting it. `withActive` and `withActiveSpan` are
 * free of that and are the form for asynchronous code.
 *
 * Source: the description of the platform API, "Scope managers" (Tornado's StackContext).
 *
 * @example
 * ```ts
 * import 'zone.js';
 *
 * const tracer = new MockTracer(new ZoneScopeManager());
 * const pause = () => new Promise((done) => setTimeout(done, 1));
 * tracer.withActiveSpan('click', () =>
 *   pause().then(() => console.log(tracer.activeSpan === tracer.getSpan('click'))),
 * );
 * console.log(tracer.activeSpan);
 * ```
 * ```text
 * null
 * true
 * ```
 */
export class ZoneScopeManager extends ScopeChainManager {
  /** @internal */
  _zones: ZoneClass;
  /** @internal */
  _frame: () => ZoneFrame;
  /** @internal The property of a zone that holds the link: each manager has its own. */
  _key: symbol = Symbol('opentracing-ts');
  /** @internal Whether the outermost frame will be put right by a microtask. */
  _isResetting = false;

  /** @throws Error where there is no zone.js; use `ThreadLocalScopeManager` there */
  constructor() {
    super();
    const zones = zoneClass();
    const frame = zones && frameReader(zones);
    if (zones === undefined || frame === undefined) {
      throw new Error(
        "There is no zone.js in this program; import 'zone.js' (0.15 or later) before, or use " +
          "ThreadLocalScopeManager from 'opentracing-ts/scope-managers/thread-local' instead.",
      );
    }
    this._zones = zones;
    this._frame = frame;
  }

  /** Whether this program has what the manager needs. */
  static isSupported(): boolean {
    const zones = zoneClass();
    return zones !== undefined && frameReader(zones) !== undefined;
  }

  /** @internal */
  override _read(): ScopeLink | null | undefined {
    return this._zones.current.get(this._key) as ScopeLink | null | undefined;
  }

  /** @internal */
  override _write(link: ScopeLink | null): void {
    const frame = this._frame();
    frame.zone = this._zoneOf(link);
    if (frame.parent === null && !this._isResetting) {
      // The outermost frame is never taken off: it would stay in the zone after this task.
      this._isResetting = true;
      const { root } = this._zones;
      const reset = () => {
        this._isResetting = false;
        frame.zone = root;
      };
      root.run(() => Promise.resolve().then(reset));
    }
  }

  /** @internal */
  override _run<A, R>(link: ScopeLink | null, fn: (argument: A) => R, argument: A): R {
    return this._zoneOf(link).run(fn, undefined, [argument]);
  }

  /**
   * @internal A zone that holds `link` and is otherwise the current one. It is never forked from
   * another one of ours, or the turns of a loop that schedule each other would add up.
   */
  _zoneOf(link: ScopeLink | null): Zone {
    const { current } = this._zones;
    const isOurs = current.getZoneWith(this._key) === current;
    const program = isOurs ? (current.parent as Zone) : current;
    return (program.get(this._key) ?? null) === link
      ? program
      : program.fork({ name: 'opentracing-ts', properties: { [this._key]: link } });
  }
}

function zoneClass(): ZoneClass | undefined {
  return (globalThis as { Zone?: ZoneClass }).Zone;
}

/** There is no entering of a zone from inside, but the frame that runs may be given another one. */
function frameReader(zones: ZoneClass): (() => ZoneFrame) | undefined {
  if (zones[FRAME] === undefined) {
    zones.__load_patch?.('opentracing-ts', (_global, _zone, api) => {
      zones[FRAME] = api.currentZoneFrame;
    });
  }
  return zones[FRAME];
}
