// What needs nothing but the language: the API, its tracers, and the scope managers for any runtime.
import co from 'co';
import { globalTracer, isGlobalTracerRegistered, setGlobalTracer, Tracer } from 'opentracing-ts';
import { apiChecks, scopeChecks } from 'opentracing-ts/harness';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { otlp, propagation, zipkin } from './outward.js';
import { type Area, ensure } from './report.js';
import { spool } from './spool.js';
import { named, tracerChecks } from './tracers.js';

const api: Area = () => {
  const early = globalTracer();
  return [
    ...apiChecks(() => new Tracer(), { checkBaggageValues: false, checkScopeManager: false }),
    {
      name: 'before there is a global tracer, the one that is given does nothing',
      run() {
        ensure(!isGlobalTracerRegistered(), 'There is a global tracer already.');
        const span = early.withActiveSpan('nothing', (given) => given.setTag('a', 1));
        ensure(span.context().toTraceId() === '', 'It has recorded something.');
      },
    },
    {
      name: 'one that was given before passes everything on to the global tracer',
      run() {
        const tracer = new MockTracer();
        setGlobalTracer(tracer);
        ensure(globalTracer() === tracer, 'The global tracer is another one.');
        early.startSpan('passed on').finish();
        ensure(tracer.finishedSpans().length === 1, 'It passes nothing on.');
      },
    },
  ];
};

const using: Area = () => {
  const tracer = new MockTracer();
  return [
    {
      name: 'a scope is closed at the end of its block',
      run() {
        {
          using scope = tracer.startActiveSpan('block');
          ensure(tracer.activeSpan === scope.span, 'The span is not active in the block.');
        }
        ensure(tracer.activeSpan === null, 'The span is active behind the block.');
        ensure(tracer.finishedSpans().length === 1, 'The span is not finished.');
        tracer.reset();
      },
    },
    {
      name: 'a span is finished when its block throws, and the error is the same one',
      run() {
        const error = new Error('expected');
        let thrown: unknown;
        try {
          using span = tracer.startSpan('block');
          span.setTag('a', 1);
          throw error;
        } catch (caught) {
          thrown = caught;
        }
        ensure(thrown === error, 'The error is another one.');
        ensure(tracer.finishedSpans().length === 1, 'The span is not finished.');
      },
    },
  ];
};

const threadLocal: Area = () => {
  const create = () => new ThreadLocalScopeManager();
  return [...scopeChecks(create), ...tracerChecks(create)];
};

const asyncLocalStorage: Area = () => {
  const create = () => new AsyncLocalStorageScopeManager();
  create();
  return [...scopeChecks(create, { async: true }), ...tracerChecks(create, { async: true })];
};

const generator: Area = () => {
  const create = () => new GeneratorScopeManager();
  const manager = create();
  const inRun = scopeChecks(() => manager, {
    runIn: (check) =>
      manager.run(function* () {
        yield null;
        yield check();
      }),
  });
  const inCo = scopeChecks(() => manager, {
    runIn: (check) =>
      co(
        manager.wrap(function* () {
          yield Promise.resolve();
          yield Promise.resolve(check());
        }),
      ),
  });
  return [
    ...named('in a coroutine of run', inRun),
    ...named('in a coroutine of co', inCo),
    ...scopeChecks(create),
    ...tracerChecks(create),
  ];
};

export const areas = {
  api,
  using,
  threadLocal,
  asyncLocalStorage,
  generator,
  propagation,
  zipkin,
  otlp,
  spool,
};
