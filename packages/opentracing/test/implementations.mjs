// What the harness checks: by conformance.test.ts, and by `npm run conformance`, which prints the table.
// A new tracer or scope manager is one entry here.
import { context, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { Tracer } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { OpenTelemetryTracer } from 'opentracing-ts/opentelemetry';
import { createOtlpTracer } from 'opentracing-ts/otlp';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { EffectScopeManager } from 'opentracing-ts/scope-managers/effect';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { ZoneScopeManager } from 'opentracing-ts/scope-managers/zone';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import './zone-without-patches.mjs';

/**
 * @typedef {object} ManagerEntry
 * @property {string} name
 * @property {() => import('opentracing-ts').ScopeManager} create makes one in which nothing is active
 * @property {import('opentracing-ts/harness').ScopeCheckOptions} options what it declares
 * @property {string} [note] what is checked elsewhere
 */

/**
 * @typedef {object} TracerEntry
 * @property {string} name
 * @property {(scopeManager?: import('opentracing-ts').ScopeManager) => Tracer} create
 * @property {import('opentracing-ts/harness').ApiCheckOptions} options what it declares; whether scopes
 *   follow asynchronous code is what the manager declares, where it takes one
 * @property {boolean} [isWithoutManager] whether it takes no scope manager
 */

/** What a program with an OpenTelemetry SDK sets up; its contexts begin anew. */
function setUpOpenTelemetry() {
  for (const api of [context, trace, propagation]) {
    api.disable();
  }
  context.setGlobalContextManager(new AsyncLocalStorageContextManager());
  trace.setGlobalTracerProvider(new BasicTracerProvider());
  propagation.setGlobalPropagator(
    new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
  );
}

/** @type {ManagerEntry[]} Every scope manager of the package. */
export const managers = [
  { name: 'ThreadLocalScopeManager', create: () => new ThreadLocalScopeManager(), options: {} },
  {
    name: 'AsyncLocalStorageScopeManager',
    create: () => new AsyncLocalStorageScopeManager(),
    options: { async: true },
  },
  {
    name: 'EffectScopeManager',
    create: () => new EffectScopeManager(),
    options: { async: true },
    note: 'outside fibers here; in fibers by effect-scopes.test.ts',
  },
  {
    name: 'GeneratorScopeManager',
    create: () => new GeneratorScopeManager(),
    options: {},
    note: 'outside coroutines here; in coroutines by generator-scopes.test.ts',
  },
  {
    name: 'ZoneScopeManager',
    create: () => new ZoneScopeManager(),
    options: {},
    note: 'synchronous here, where nothing is compiled for zone.js; with async by zone-scopes.test.ts',
  },
];

/** @param {unknown} span */
const basicSpan = (span) => /** @type {import('opentracing-ts/basictracer').BasicSpan} */ (span);

/** @type {TracerEntry[]} Every tracer of the package. */
export const tracers = [
  {
    name: 'no-op',
    create: () => new Tracer(),
    options: { checkBaggageValues: false, checkScopeManager: false },
    isWithoutManager: true,
  },
  {
    name: 'MockTracer',
    create: (scopeManager) => new MockTracer(scopeManager),
    options: {
      recordedSpan: (span) => /** @type {import('opentracing-ts/mocktracer').MockSpan} */ (span),
    },
  },
  {
    name: 'BasicTracer',
    create: (scopeManager) =>
      new BasicTracer({
        scopeManager,
        recorder: new InMemoryRecorder(),
        // The checks of hostile baggage go beyond what a span takes, and it says so.
        onError: () => {},
      }),
    options: { recordedSpan: basicSpan },
  },
  {
    name: 'ZipkinTracer',
    create: (scopeManager) =>
      createZipkinTracer({
        serviceName: 'conformance',
        scopeManager,
        propagation: ['b3multi', 'baggage'],
        // Where nobody listens: that changes nothing for the program.
        url: 'http://127.0.0.1:9',
        onError: () => {},
      }),
    options: { recordedSpan: basicSpan },
  },
  {
    name: 'OtlpTracer',
    create: (scopeManager) =>
      createOtlpTracer({
        serviceName: 'conformance',
        scopeManager,
        // More than 64 bits find no room in the binary format, which is checked too.
        traceId128: false,
        url: 'http://127.0.0.1:9',
        onError: () => {},
      }),
    options: { recordedSpan: basicSpan },
  },
  {
    name: 'OpenTelemetryTracer',
    create() {
      setUpOpenTelemetry();
      return new OpenTelemetryTracer();
    },
    options: { async: true },
    isWithoutManager: true,
  },
];
