import { instrumentExpress } from '../instrumentation/express/index.js';
import { instrumentFastify } from '../instrumentation/fastify/index.js';
import { instrumentHono } from '../instrumentation/hono/index.js';
import { instrumentKoa } from '../instrumentation/koa/index.js';
import { type CommonJsModule, onCommonJsLoaded, onEsModulesLoaded } from './loaded-modules.js';
import { dependsOn, isInstalled } from './main-script.js';

/** A module that has what is to be instrumented. */
interface FrameworkModule extends CommonJsModule {
  instrument(exports: unknown): void;
}

const COMMON_JS_MODULES: readonly FrameworkModule[] = [
  {
    name: 'express',
    file: '/express/index.js',
    instrument: (exports) => void instrumentExpress(exports as object),
  },
  {
    name: 'koa',
    file: '/koa/lib/application.js',
    instrument: (exports) => void instrumentKoa(exports as object),
  },
  // Announces its applications itself; here to find out whether it could do so.
  { name: 'fastify', file: '/fastify/fastify.js', instrument: () => {} },
  { name: 'hono', file: '/hono/dist/cjs/hono.js', instrument: instrumentHonoOf },
  { name: 'hono/quick', file: '/hono/dist/cjs/preset/quick.js', instrument: instrumentHonoOf },
  { name: 'hono/tiny', file: '/hono/dist/cjs/preset/tiny.js', instrument: instrumentHonoOf },
];
const ES_MODULES = [
  '/hono/dist/hono.js',
  '/hono/dist/preset/quick.js',
  '/hono/dist/preset/tiny.js',
];

const REMEDY = 'start it with --import opentracing-ts/register.';

function instrumentHonoOf(exports: unknown): void {
  instrumentHono((exports as { Hono: object }).Hono);
}

/**
 * Traces the applications of fastify, express, koa and hono, when the program loads those.
 *
 * @param script - the program's; `undefined` where there is none
 * @param warn - told, in one sentence, of what cannot be reached any more
 * @internal
 */
export function instrumentFrameworks(
  script: string | undefined,
  warn: (sentence: string) => void,
): void {
  instrumentFastify();
  const late = onCommonJsLoaded(COMMON_JS_MODULES, (module, exports) =>
    instrument(module, exports, warn),
  ).map(({ name }) => name);
  // The hook costs time, so only where there is a use for it.
  if (script !== undefined && isInstalled('hono', script)) {
    onEsModulesLoaded(ES_MODULES, (exports) =>
      instrument({ name: 'hono', instrument: instrumentHonoOf }, exports, warn),
    );
    if (!isPreloaded() && dependsOn('hono', script)) {
      warn(
        'The program loads opentracing-ts/register itself, which is too late to know the routes and errors ' +
          `of hono where ES modules import that; ${REMEDY}`,
      );
    }
  }
  if (late.length > 0) {
    const names = [...new Set(late)].join(' and ');
    warn(
      `The program loads ${names} before opentracing-ts/register, so the routes and errors of applications ` +
        `that it has made already are not known; ${REMEDY}`,
    );
  }
}

/** What comes under the name of a framework may be something else, which is no reason to fail. */
function instrument(
  module: Pick<FrameworkModule, 'name' | 'instrument'>,
  exports: unknown,
  warn: (sentence: string) => void,
): void {
  try {
    module.instrument(exports);
  } catch (error) {
    warn(`The routes of ${module.name} are not known: ${(error as Error).message}`);
  }
}

/** Whether something is loaded before the program, which imports of the program are not. */
function isPreloaded(): boolean {
  const options = [...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' ');
  return /(^| )(--import|--require|-r)\b/.test(options);
}
