// The most that each subpath of the library, and the page of the viewer, may weigh: minified and
// compressed with brotli, everything that it imports included. A budget is about 15 % more than the
// weight when it was set; raising one is a decision, with its reason in the changeset.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const BUDGETS = {
  '.': '4.5 kB',
  './scope-managers/thread-local': '2.1 kB',
  './scope-managers/async-local-storage': '2.5 kB',
  './scope-managers/generator': '3 kB',
  './scope-managers/zone': '2.6 kB',
  './scope-managers/effect': '5 kB',
  './mocktracer': '7.5 kB',
  './harness': '12.5 kB',
  './basictracer': '22 kB',
  './propagation': '7 kB',
  './exporters': '22 kB',
  './zipkin': '34 kB',
  './otlp': '35.2 kB',
  './instrumentation/http': '10.4 kB',
  './instrumentation/requests': '4 kB',
  './instrumentation/fetch': '9.4 kB',
  './instrumentation/browser': '11.2 kB',
  './instrumentation/functions': '5.3 kB',
  './instrumentation/worker-threads': '3.4 kB',
  './instrumentation/child-process': '3.75 kB',
  './instrumentation/pino': '3.6 kB',
  './instrumentation/winston': '4.05 kB',
  './instrumentation/console': '3.95 kB',
  './instrumentation/express': '8.75 kB',
  './instrumentation/fastify': '7.4 kB',
  './instrumentation/koa': '7.65 kB',
  './instrumentation/hono': '6.9 kB',
  './opentelemetry': '19.5 kB',
  './register': '56 kB',
};

/** Those of the instrumentations that import no built-in of Node. */
const FOR_ANY_RUNTIME =
  /\/instrumentation\/(browser|fetch|functions|hono|worker-threads|child-process|pino|winston|console|requests)$/;

/** The core but for `withScopes`, the adapter for foreign tracers, which few programs import. */
const CORE = [
  'BinaryCarrier',
  'FORMAT_BINARY',
  'FORMAT_HTTP_HEADERS',
  'FORMAT_TEXT_MAP',
  'InvalidCarrierError',
  'Logs',
  'REFERENCE_CHILD_OF',
  'REFERENCE_FOLLOWS_FROM',
  'Reference',
  'Scope',
  'ScopeManager',
  'Span',
  'SpanContext',
  'SpanContextCorruptedError',
  'Tags',
  'Tracer',
  'UnsupportedFormatError',
  'childOf',
  'followsFrom',
  'globalTracer',
  'isGlobalTracerRegistered',
  'setGlobalTracer',
  'startChildSpan',
  'withoutActiveSpan',
];

const library = new URL('packages/opentracing/', import.meta.url);
const { exports } = JSON.parse(readFileSync(new URL('package.json', library), 'utf8'));
const subpaths = Object.keys(exports).filter((subpath) => subpath !== './package.json');

function check(subpath, limit, names, label = '') {
  if (limit === undefined) throw new Error(`${subpath} has no budget in .size-limit.mjs`);
  const isForNode = /instrumentation|register/.test(subpath) && !FOR_ANY_RUNTIME.test(subpath);
  return {
    name: `opentracing-ts${subpath.slice(1)}${label}`,
    path: fileURLToPath(new URL(exports[subpath].import.default, library)),
    limit,
    // The others bundle for a browser, where a built-in of Node would be an error.
    ...(isForNode && { ignore: ['node:*'] }),
    // The peer is there already in a program that imports this.
    ...(subpath.endsWith('/effect') && { ignore: ['effect', 'effect/*'] }),
    ...(subpath.endsWith('/opentelemetry') && { ignore: ['@opentelemetry/api'] }),
    ...(names !== undefined && { import: `{ ${names.join(', ')} }` }),
    // As an ES module: in esbuild's default format nothing would use the exports, and they would go.
    modifyEsbuildConfig: (config) => ({ ...config, format: 'esm' }),
  };
}

export default [
  ...subpaths.map((subpath) => check(subpath, BUDGETS[subpath])),
  check('.', '1.7 kB', ['globalTracer'], ', globalTracer alone'),
  check('.', '2.5 kB', CORE, ', without withScopes'),
  {
    name: 'opentracing-ts-compat',
    path: 'packages/compat/lib/index.js',
    limit: '11.7 kB',
  },
  {
    name: 'page of the viewer, script and style',
    path: ['packages/viewer/dist/page/page.js', 'packages/viewer/dist/page/page.css'],
    limit: '80 kB',
    disablePlugins: ['@size-limit/esbuild'],
  },
];
