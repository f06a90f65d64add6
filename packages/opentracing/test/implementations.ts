import { type ScopeManager, type Span, Tracer } from 'opentracing-ts';
import { type BasicSpan, BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import type { ApiCheckOptions, ScopeCheckOptions } from 'opentracing-ts/harness';
import { type MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { EffectScopeManager } from 'opentracing-ts/scope-managers/effect';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { ZoneScopeManager } from 'opentracing-ts/scope-managers/zone';
import './zone-without-patches.js';

/** Every scope manager of the package, with what it declares. A new one is one line here. */
export const managers: {
  name: string;
  create: () => ScopeManager;
  options: ScopeCheckOptions;
}[] = [
  { name: 'ThreadLocalScopeManager', create: () => new ThreadLocalScopeManager(), options: {} },
  {
    name: 'AsyncLocalStorageScopeManager',
    create: () => new AsyncLocalStorageScopeManager(),
    options: { async: true },
  },
  {
    name: 'EffectScopeManager',
    create: () => new EffectScopeManager(),
    // Outside fibers here; effect-scopes.test.ts runs the checks in fibers.
    options: { async: true },
  },
  { name: 'GeneratorScopeManager', create: () => new GeneratorScopeManager(), options: {} },
  // Synchronous here, where nothing is compiled for zone.js; zone-scopes.test.ts checks the rest.
  { name: 'ZoneScopeManager', create: () => new ZoneScopeManager(), options: {} },
];

/** Every tracer of the package that records, with what reads its spans. */
export const tracers: {
  name: string;
  create: (scopeManager: ScopeManager) => Tracer;
  options: ApiCheckOptions;
}[] = [
  {
    name: 'MockTracer',
    create: (scopeManager) => new MockTracer(scopeManager),
    options: { recordedSpan: (span: Span) => span as MockSpan },
  },
  {
    name: 'BasicTracer',
    create: (scopeManager) => new BasicTracer({ scopeManager, recorder: new InMemoryRecorder() }),
    options: { recordedSpan: (span: Span) => span as BasicSpan },
  },
];

/** What is left to check of a tracer that does nothing. */
export const noop: { create: () => Tracer; options: ApiCheckOptions } = {
  create: () => new Tracer(),
  options: { checkBaggageValues: false, checkScopeManager: false },
};
