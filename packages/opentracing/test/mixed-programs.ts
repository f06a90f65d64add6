import { EventEmitter } from 'node:events';
import {
  type ContextManager,
  context,
  type Tracer as OtelTracer,
  propagation,
  ROOT_CONTEXT,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { StackContextManager } from '@opentelemetry/sdk-trace';
import { FORMAT_HTTP_HEADERS, type ScopeManager, type Tracer } from 'opentracing-ts';
import { BasicTracer, InMemoryRecorder } from 'opentracing-ts/basictracer';
import { OpenTelemetryTracer, registerOpenTelemetry } from 'opentracing-ts/opentelemetry';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { EffectScopeManager } from 'opentracing-ts/scope-managers/effect';
import { GeneratorScopeManager } from 'opentracing-ts/scope-managers/generator';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import { ZoneScopeManager } from 'opentracing-ts/scope-managers/zone';
import { setUpSdk, takeDownSdk } from './opentelemetry-helpers.js';
import './zone-without-patches.mjs';

/** A finished span, whoever has it. */
interface Finished {
  name: string;
  traceId: string;
  spanId: string;
  parentId: string | null;
}

/** A program in which code for OpenTracing and code for OpenTelemetry work together. */
interface Program {
  /** The tracer of the code for OpenTracing. */
  ot: Tracer;
  /** The tracer of the code for OpenTelemetry. */
  otel: OtelTracer;
  finished(): Finished[];
}

/** What a scope follows: calls alone, coroutines of generators too, or whatever is awaited. */
type Follows = 'calls' | 'coroutines' | 'awaits';

export interface World {
  /** What the spans are recorded by. */
  into: 'OpenTracing' | 'OpenTelemetry SDK';
  /** What carries the active span. */
  over: string;
  follows: Follows;
  create(): Program;
}

/** What OpenTelemetry instrumentation reports into, over each of the five scope managers. */
function openTracing(over: string, follows: Follows, createManager: () => ScopeManager): World {
  return {
    into: 'OpenTracing',
    over,
    follows,
    create() {
      takeDownSdk();
      const recorder = new InMemoryRecorder();
      const ot = new BasicTracer({
        recorder,
        scopeManager: createManager(),
        propagation: ['tracecontext', 'baggage'],
        traceId128: true,
      });
      registerOpenTelemetry({ tracer: ot });
      return {
        ot,
        otel: trace.getTracer('instrumentation'),
        finished: () =>
          recorder.spans.map((span) => ({
            name: span.operationName,
            traceId: span.context().toTraceId(),
            spanId: span.context().toSpanId(),
            parentId: span.parentId,
          })),
      };
    },
  };
}

/** What OpenTracing code reports into, over the context managers of OpenTelemetry. */
function openTelemetry(over: string, follows: Follows, createManager: () => ContextManager): World {
  return {
    into: 'OpenTelemetry SDK',
    over,
    follows,
    create() {
      const { spans } = setUpSdk({ contextManager: createManager() });
      return {
        ot: new OpenTelemetryTracer(),
        otel: trace.getTracer('instrumentation'),
        finished: () =>
          spans().map((span) => ({
            name: span.name,
            ...span.spanContext(),
            parentId: span.parentSpanContext?.spanId ?? null,
          })),
      };
    },
  };
}

export const WORLDS: readonly World[] = [
  openTracing('ThreadLocal', 'calls', () => new ThreadLocalScopeManager()),
  openTracing('AsyncLocalStorage', 'awaits', () => new AsyncLocalStorageScopeManager()),
  openTracing('Generator', 'coroutines', () => new GeneratorScopeManager()),
  openTracing('Zone', 'calls', () => new ZoneScopeManager()),
  openTracing('Effect', 'awaits', () => new EffectScopeManager()),
  openTelemetry('AsyncLocalStorage', 'awaits', () => new AsyncLocalStorageContextManager()),
  openTelemetry('Stack', 'calls', () => new StackContextManager().enable()),
];

export interface Scenario {
  name: string;
  /** What a scope has to follow for it. */
  needs: Follows;
  /** The span at the end of each path: the spans from the root to it. */
  paths: string[];
  run(program: Program): void | Promise<void>;
}

const otelSpan = <R>({ otel }: Program, name: string, fn: () => R): R =>
  otel.startActiveSpan(name, (span) => {
    const result = fn();
    if (result instanceof Promise) {
      return result.finally(() => span.end()) as R;
    }
    span.end();
    return result;
  });

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'each inside the other, three deep',
    needs: 'calls',
    paths: ['ot/otel/ot 2/otel 2', 'ot/otel 3'],
    run(program) {
      const { ot, otel } = program;
      ot.withActiveSpan('ot', () => {
        otelSpan(program, 'otel', () =>
          ot.withActiveSpan('ot 2', () => otel.startSpan('otel 2').end()),
        );
        otel.startSpan('otel 3').end();
      });
    },
  },
  {
    name: 'instrumentation first, as a server is',
    needs: 'calls',
    paths: ['otel/ot/otel 2', 'otel/ot 2'],
    run(program) {
      const { ot, otel } = program;
      otelSpan(program, 'otel', () => {
        ot.withActiveSpan('ot', () => otel.startSpan('otel 2').end());
        ot.startSpan('ot 2', { childOf: ot.activeSpan }).finish();
      });
    },
  },
  {
    name: 'scopes that are opened and closed',
    needs: 'calls',
    paths: ['otel/ot/otel 2', 'otel/ot/ot 2/otel 3', 'otel/otel 4'],
    run(program) {
      const { ot, otel } = program;
      otelSpan(program, 'otel', () => {
        const outer = ot.startActiveSpan('ot');
        otel.startSpan('otel 2').end();
        const inner = ot.startActiveSpan('ot 2');
        otel.startSpan('otel 3').end();
        inner.close();
        outer.close();
        otel.startSpan('otel 4').end();
      });
    },
  },
  {
    name: 'another process, headers by either',
    needs: 'calls',
    paths: ['ot/otel/ot 2'],
    run(program) {
      const { ot, otel } = program;
      const [first, second]: Record<string, string>[] = [{}, {}] as const;
      ot.withActiveSpan('ot', (span) => ot.inject(span, FORMAT_HTTP_HEADERS, first));
      const remote = propagation.extract(ROOT_CONTEXT, first);
      context.with(remote, () =>
        otel.startActiveSpan('otel', (span) => {
          propagation.inject(context.active(), second);
          span.end();
        }),
      );
      const parent = ot.extract(FORMAT_HTTP_HEADERS, second);
      ot.startSpan('ot 2', { childOf: parent }).finish();
    },
  },
  {
    name: 'baggage of either in the other',
    needs: 'calls',
    paths: ['ot/otel/ada/7'],
    run(program) {
      const { ot } = program;
      ot.withActiveSpan('ot', (span) => {
        span.setBaggageItem('user', 'ada');
        otelSpan(program, 'otel', () => {
          const baggage = propagation.getActiveBaggage() ?? propagation.createBaggage();
          const user = baggage.getEntry('user')?.value ?? 'no user';
          const child = ot.startActiveSpan(user);
          const inside = propagation.setBaggage(
            context.active(),
            baggage.setEntry('tenant', { value: '7' }),
          );
          context.with(inside, () => {
            const headers: Record<string, string> = {};
            propagation.inject(context.active(), headers);
            const [tenant = 'no tenant'] = /(?<=tenant=)\d/.exec(headers.baggage ?? '') ?? [];
            ot.startSpan(tenant).finish();
          });
          child.close();
        });
      });
    },
  },
  {
    name: 'listeners of an emitter, bound by either',
    needs: 'calls',
    paths: ['ot/otel', 'ot/ot 2'],
    run(program) {
      const { ot, otel } = program;
      const emitter = new EventEmitter();
      ot.withActiveSpan('ot', () => {
        emitter.on(
          'a',
          ot.scopeManager.bind(() => otel.startSpan('otel').end()),
        );
        emitter.on(
          'a',
          context.bind(context.active(), () => ot.startSpan('ot 2').finish()),
        );
      });
      emitter.emit('a');
    },
  },
  {
    name: 'behind an await, side by side',
    needs: 'awaits',
    paths: ['ot/otel/ot a/otel a', 'ot/otel/ot b/otel b'],
    run(program) {
      const { ot, otel } = program;
      const branch = (name: string) =>
        ot.withActiveSpan(`ot ${name}`, async () => {
          await new Promise((done) => setImmediate(done));
          otel.startSpan(`otel ${name}`).end();
        });
      return ot.withActiveSpan('ot', () =>
        otelSpan(program, 'otel', async () => {
          await null;
          await Promise.all([branch('a'), branch('b')]);
        }),
      );
    },
  },
  {
    name: 'behind a yield of a coroutine, side by side',
    needs: 'coroutines',
    paths: ['ot/ot a/otel a', 'ot/ot b/otel b'],
    async run({ ot, otel }) {
      const manager = ot.scopeManager as GeneratorScopeManager;
      const branch = (name: string) =>
        ot.withActiveSpan(`ot ${name}`, function* () {
          yield new Promise((done) => setImmediate(done));
          otel.startSpan(`otel ${name}`).end();
        });
      await manager.run(() =>
        ot.withActiveSpan('ot', function* () {
          yield null;
          yield Promise.all(['a', 'b'].map((name) => manager.run(() => branch(name))));
        }),
      );
    },
  },
];

/** Why a scenario does not apply; `undefined` where it does. */
export function whyNot(world: World, scenario: Scenario): string | undefined {
  const { needs } = scenario;
  if (needs === 'calls' || needs === world.follows) {
    return undefined;
  }
  if (needs === 'coroutines') {
    return 'only GeneratorScopeManager runs coroutines';
  }
  return world.follows === 'coroutines'
    ? `${world.over} follows coroutines of generators, not awaits`
    : `what ${world.over} follows ends with the call${
        world.over === 'Zone' ? ', unless the program is compiled for zone.js' : ''
      }`;
}

/**
 * Runs a scenario in a world.
 *
 * @returns what is wrong with the trace: spans that are lost, doubled or have another parent; nothing
 *   where it is one trace as it should be
 */
export async function runScenario(world: World, scenario: Scenario): Promise<string[]> {
  const program = world.create();
  try {
    await scenario.run(program);
    const finished = program.finished();
    const expected = new Set(scenario.paths.flatMap(prefixesOf));
    const found = finished.map((span) => pathOf(span, finished));
    return [
      ...[...expected].filter((path) => !found.includes(path)).map((path) => `lost: ${path}`),
      ...found.filter((path) => !expected.has(path)).map((path) => `misparented: ${path}`),
      ...found
        .filter((path, index) => found.indexOf(path) !== index)
        .map((path) => `doubled: ${path}`),
      ...(new Set(finished.map(({ traceId }) => traceId)).size > 1 ? ['several traces'] : []),
      ...(trace.getActiveSpan() === undefined ? [] : ['a span is left active']),
    ];
  } finally {
    await program.ot.close();
    takeDownSdk();
  }
}

function prefixesOf(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

function pathOf(span: Finished, all: readonly Finished[]): string {
  if (span.parentId === null) {
    return span.name;
  }
  const parent = all.find(({ spanId }) => spanId === span.parentId);
  return `${parent === undefined ? '?' : pathOf(parent, all)}/${span.name}`;
}
