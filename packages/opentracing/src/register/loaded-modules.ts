import Module from 'node:module';
import { isAbsolute } from 'node:path';

/** What is done to the exports of a module when the program loads it. */
export type OnLoaded = (exports: unknown) => void;

/** A CommonJS module of a package. */
export interface CommonJsModule {
  /** What programs ask for, such as `koa`. */
  readonly name: string;
  /** The end of its path, such as `/koa/lib/application.js`, by which ES modules ask for it. */
  readonly file: string;
}

type Load = (this: unknown, request: unknown, ...rest: unknown[]) => unknown;
interface Loader {
  _load: Load;
  _cache: Readonly<Record<string, { exports: unknown; loaded: boolean } | undefined>>;
}
const loader = Module as unknown as Loader;

/**
 * Calls back with the exports of CommonJS modules: at once where one is loaded already, and each time
 * that the program asks for it, by `require` or `import`. (Of Node's hooks only this one sees both, on
 * each line of Node, beside compilers such as tsx.) Every `require` of the program goes through it, and
 * shows in the stacks of errors, so there is one for all modules.
 *
 * @returns those that are loaded already
 * @internal
 */
export function onCommonJsLoaded<M extends CommonJsModule>(
  modules: readonly M[],
  onLoaded: (module: M, exports: unknown) => void,
): M[] {
  const load = loader._load;
  loader._load = function (request, ...rest) {
    const exports = Reflect.apply(load, this, [request, ...rest]);
    const module = modules.find(({ name }) => name === request) ?? moduleAt(modules, request);
    if (module !== undefined) {
      onLoaded(module, exports);
    }
    return exports;
  };
  const loaded: M[] = [];
  for (const [path, entry] of Object.entries(loader._cache)) {
    const module = moduleAt(modules, path);
    // Node enters those that ES modules import before it runs them.
    if (module !== undefined && entry?.loaded) {
      loaded.push(module);
      onLoaded(module, entry.exports);
    }
  }
  return loaded;
}

function moduleAt<M extends CommonJsModule>(modules: readonly M[], path: unknown): M | undefined {
  if (typeof path !== 'string' || !isAbsolute(path)) {
    return undefined;
  }
  const slashed = path.replaceAll('\\', '/');
  return modules.find(({ file }) => slashed.endsWith(file));
}

/** What Node has for hooks, some of which its types of version 20 do not. */
interface Hooks {
  registerHooks?: (hooks: { load: LoadHook }) => void;
  register(specifier: string): void;
}
type LoadHook = (url: string, context: unknown, next: NextLoad) => Loaded | Promise<Loaded>;
type NextLoad = (url: string, context: unknown) => Loaded | Promise<Loaded>;
interface Loaded {
  source?: string | Uint8Array | null;
}

const SLOT = 'opentracing-ts/v1/loaded';

/**
 * Calls back with the exports of ES modules once they are evaluated, by a line at their end; at most once
 * in a process. Node from 22.15 on runs the hook in this thread; older ones need a thread for it, and
 * 25 ms at the start.
 *
 * @param files - the ends of the modules' addresses, such as `/hono/dist/hono.js`
 * @internal
 */
export function onEsModulesLoaded(files: readonly string[], onLoaded: OnLoaded): void {
  (globalThis as unknown as Record<symbol, OnLoaded>)[Symbol.for(SLOT)] = onLoaded;
  const { registerHooks, register } = Module as unknown as Hooks;
  if (registerHooks) {
    registerHooks({ load: loadHook(files, SLOT) });
  } else {
    const hook = `(${loadHook})(${JSON.stringify(files)}, ${JSON.stringify(SLOT)})`;
    register(`data:text/javascript,${encodeURIComponent(`export const load = ${hook};`)}`);
  }
}

/** A hook, synchronous or not. Its text runs in another thread, so it uses nothing from outside. */
function loadHook(files: readonly string[], slot: string): LoadHook {
  return (url, context, next) => {
    const loaded = next(url, context);
    const file = files.find((end) => url.endsWith(end));
    if (file === undefined) {
      return loaded;
    }
    const self = JSON.stringify(`.${file.slice(file.lastIndexOf('/'))}`);
    const line = `\nimport * as exported from ${self}; globalThis[Symbol.for('${slot}')]?.(exported);`;
    const append = (module: Loaded): Loaded => {
      const source = Buffer.from(module.source as Uint8Array).toString();
      // The thread for hooks runs what was preloaded, and so installs the hook again.
      return source.endsWith(line) ? module : { ...module, source: source + line };
    };
    return loaded instanceof Promise ? loaded.then(append) : append(loaded);
  };
}
