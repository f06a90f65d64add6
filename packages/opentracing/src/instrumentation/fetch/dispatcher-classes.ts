/** What undici passes a request on by: a method of every client, pool and agent. */
export interface Dispatcher {
  dispatch(options: unknown, handler: unknown): boolean;
}

/** The part of `node:module` that is used here. */
interface Modules {
  createRequire(path: string): { cache: Record<string, { exports?: unknown } | undefined> };
}

/** Where undici and Node keep the dispatcher of `fetch`, in versions up to 7 and from 8 on. */
const GLOBAL_DISPATCHERS = ['undici.globalDispatcher.1', 'undici.globalDispatcher.2'].map((name) =>
  Symbol.for(name),
);
/** The package may have been installed under another name. */
const FILE = /[\\/]lib[\\/](?:dispatcher[\\/])?dispatcher-base\.js$/;

/** @internal The class of the global dispatcher, as far as it has been seen by none before. */
export function globalDispatcherClasses(seen: WeakSet<object>): Dispatcher[] {
  const classes: Dispatcher[] = [];
  for (const slot of GLOBAL_DISPATCHERS) {
    const dispatcher = (globalThis as { [slot: symbol]: object | undefined })[slot];
    if (dispatcher !== undefined && !seen.has(dispatcher)) {
      seen.add(dispatcher);
      classes.push(...baseOf(dispatcher));
    }
  }
  return classes;
}

/** @internal The classes of the copies of undici that were loaded as files; the package is CommonJS. */
export function loadedDispatcherClasses(): Dispatcher[] {
  const { createRequire } = process.getBuiltinModule('node:module') as Modules;
  const { cache } = createRequire(process.execPath);
  return Object.keys(cache)
    .filter((path) => FILE.test(path))
    .map((path) => (cache[path]?.exports as { prototype?: Dispatcher } | undefined)?.prototype)
    .filter((prototype) => typeof prototype?.dispatch === 'function') as Dispatcher[];
}

/** The class that every client, pool and agent of one copy extends, below the abstract one. */
function baseOf(dispatcher: object): Dispatcher[] {
  const classes: Dispatcher[] = [];
  let prototype = Object.getPrototypeOf(dispatcher);
  while (prototype !== null) {
    if (Object.hasOwn(prototype, 'dispatch')) {
      classes.push(prototype);
    }
    prototype = Object.getPrototypeOf(prototype);
  }
  return classes.slice(-2, -1);
}
