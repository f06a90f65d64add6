import { inherits } from 'node:util';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { AsyncLocalStorageScopeManager } from 'opentracing-ts/scope-managers/async-local-storage';
import { ThreadLocalScopeManager } from 'opentracing-ts/scope-managers/thread-local';
import opentracing from 'opentracing-ts-compat';
import { describe, expect, test } from 'vitest';

/** A tracer as they were written for 0.14.7: it knows its parents by references and nothing else. */
class OwnTracer extends opentracing.Tracer {
  readonly spans: OwnSpan[] = [];

  protected override _startSpan(name: string, fields: opentracing.SpanOptions): OwnSpan {
    const span = new OwnSpan(name, fields);
    this.spans.push(span);
    return span;
  }

  parentOf(name: string): unknown {
    const span = this.spans.find((candidate) => candidate.name === name);
    const [reference] = span?.fields.references ?? [];
    return (reference?.referencedContext() as OwnContext | undefined)?.of.name;
  }
}

class OwnContext extends opentracing.SpanContext {
  // Of its own type, which is no business of ours.
  baggage = new Map<string, string>();

  constructor(readonly of: OwnSpan) {
    super();
  }
}

class OwnSpan extends opentracing.Span {
  finished = 0;
  readonly tags: Record<string, unknown> = {};
  readonly logs: object[] = [];

  constructor(
    readonly name: string,
    readonly fields: opentracing.SpanOptions,
  ) {
    super();
  }

  protected override _context(): OwnContext {
    return new OwnContext(this);
  }

  protected override _addTags(tags: object): void {
    Object.assign(this.tags, tags);
  }

  protected override _log(fields: object): void {
    this.logs.push(fields);
  }

  protected override _finish(): void {
    this.finished++;
  }
}

const soon = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a tracer for 0.14.7 that extends the class', () => {
  test('gets the active span as a reference, with no change to its code', () => {
    const tracer = new OwnTracer();
    const scope = tracer.startActiveSpan('outer', { tags: { a: 1 } });
    expect(tracer.activeSpan).toBe(scope.span);
    tracer.withActiveSpan('middle', () => tracer.startSpan('inner').finish());
    scope.close();
    expect(tracer.activeSpan).toBeNull();
    expect(['outer', 'middle', 'inner'].map((name) => tracer.parentOf(name))).toEqual([
      undefined,
      'outer',
      'middle',
    ]);
    expect(tracer.spans.map(({ finished }) => finished)).toEqual([1, 1, 1]);
    expect(tracer.spans[2]?.fields.references?.[0]?.type()).toBe(opentracing.REFERENCE_CHILD_OF);
  });

  test('keeps concurrent requests apart', async () => {
    const tracer = new OwnTracer();
    const request = (name: string) =>
      tracer.withActiveSpan(name, async () => {
        await soon();
        tracer.startSpan(`${name} child`);
      });
    await Promise.all([request('a'), request('b')]);
    expect([tracer.parentOf('a child'), tracer.parentOf('b child')]).toEqual(['a', 'b']);
    expect(tracer.activeSpan).toBeNull();
  });

  test('gets no reference but those that are given, nor one where that is asked for', () => {
    const tracer = new OwnTracer();
    tracer.withActiveSpan('outer', (outer) => {
      const other = tracer.startSpan('other', { ignoreActiveSpan: true });
      tracer.startSpan('child', { childOf: other });
      tracer.startSpan('follower', { references: [opentracing.followsFrom(other)] });
      tracer.startSpan('none', { childOf: null });
      outer.finish();
    });
    const fields = tracer.spans.map((span) => [span.name, span.fields.references?.length]);
    expect(fields).toEqual([
      ['outer', undefined],
      ['other', undefined],
      ['child', 1],
      ['follower', 1],
      ['none', 1],
    ]);
    expect(tracer.parentOf('child')).toBe('other');
    expect(tracer.spans.map((span) => Object.keys(span.fields))).not.toContain('ignoreActiveSpan');
  });

  test('has the error of a function logged on its span, and thrown on', () => {
    const tracer = new OwnTracer();
    const error = new TypeError('expected');
    const fail = () =>
      tracer.withActiveSpan('any', () => {
        throw error;
      });
    expect(fail).toThrow(error);
    const [span] = tracer.spans;
    expect(span?.tags).toEqual({ error: true });
    expect(span?.logs).toMatchObject([{ event: 'error', 'error.object': error }]);
    expect(span?.finished).toBe(1);
  });

  test('leaves the span open when its scope is not to finish it', () => {
    const tracer = new OwnTracer();
    tracer.startActiveSpan('any', { finishOnClose: false }).close();
    expect(tracer.spans[0]?.finished).toBe(0);
    expect(tracer.spans[0]?.fields).toEqual({});
  });

  test('may have spans that extend nothing', () => {
    const finished: string[] = [];
    class Bare extends opentracing.Tracer {
      protected override _startSpan(name: string): opentracing.Span {
        const span = {
          context: () => ({ toTraceId: () => '', toSpanId: () => '' }),
          setTag: () => span,
          log: () => span,
          finish: () => finished.push(name),
        };
        return span as unknown as opentracing.Span;
      }
    }
    const tracer = new Bare();
    const fail = () =>
      tracer.withActiveSpan('a', () => {
        throw new Error('expected');
      });
    expect(fail).toThrow('expected');
    tracer.startActiveSpan('b').close();
    expect(finished).toEqual(['a', 'b']);
    expect({}).not.toHaveProperty('logError');
  });

  test('may start nothing, as one that was mocked', () => {
    class Mocked extends opentracing.Tracer {
      override startSpan(): never {
        return undefined as never;
      }
    }
    const tracer = new Mocked();
    expect(tracer.withActiveSpan('any', (span) => span.setTag('a', 1) && 1)).toBe(1);
    opentracing.initGlobalTracer(tracer);
    expect(opentracing.globalTracer().startSpan('any')).toBeUndefined();
    opentracing.initGlobalTracer(null);
  });

  test('gets the active span as childOf where it has a startSpan of its own', () => {
    const started: [string, unknown][] = [];
    class Own extends opentracing.Tracer {
      override startSpan(name: string, options: opentracing.SpanOptions = {}): opentracing.Span {
        started.push([name, options.childOf]);
        return new OwnSpan(name, options);
      }
    }
    const tracer = new Own();
    opentracing.initGlobalTracer(tracer);
    tracer.withActiveSpan('outer', (outer) => {
      tracer.startActiveSpan('inner', Object.freeze({ tags: {} })).close();
      opentracing.globalTracer().startSpan('global');
      opentracing.globalTracer().startSpan('root', { ignoreActiveSpan: true });
      expect(started).toEqual([
        ['outer', undefined],
        ['inner', outer],
        ['global', outer],
        ['root', undefined],
      ]);
    });
    opentracing.initGlobalTracer(null);
  });

  test('may be an object whose method was replaced', () => {
    const tracer = new opentracing.Tracer();
    const span = new OwnSpan('any', {});
    Object.assign(tracer, { startSpan: () => span });
    tracer.withActiveSpan('any', () => expect(tracer.activeSpan).toBe(span));
  });

  test('takes spans of opentracing-ts as parents', () => {
    const tracer = new OwnTracer();
    const parent = new MockTracer().startSpan('any');
    tracer.startSpan('child', { childOf: parent });
    expect(tracer.spans[0]?.fields.references?.[0]?.referencedContext()).toBe(parent.context());
  });
});

describe('the scope manager of a tracer for 0.14.7', () => {
  test('is one that follows promises, one for each tracer', () => {
    const [first, second] = [new OwnTracer(), new OwnTracer()];
    expect(first.scopeManager).toBeInstanceOf(Object);
    expect(first.scopeManager).toBe(first.scopeManager);
    expect(first.scopeManager).not.toBe(second.scopeManager);
  });

  test('may be given to the constructor or set later', () => {
    const manager = new ThreadLocalScopeManager();
    class Given extends opentracing.Tracer {}
    expect(new Given(manager).scopeManager).toBe(manager);
    const tracer = new OwnTracer();
    tracer.scopeManager = manager;
    tracer.withActiveSpan('outer', (span) => expect(manager.active?.span).toBe(span));
    expect(Object.keys(tracer)).toEqual(['spans']);
  });

  test('is no argument that a tracer passes on for a purpose of its own', () => {
    function Old(this: object) {
      // biome-ignore lint/complexity/noArguments: how tracers of that time pass on what they get
      opentracing.Tracer.apply(this as never, arguments as never);
    }
    inherits(Old, opentracing.Tracer);
    const tracer = new (Old as unknown as new (options: object) => opentracing.Tracer)({ any: 1 });
    expect(tracer.withActiveSpan('any', () => 1)).toBe(1);
    expect(tracer.activeSpan).toBeNull();
  });

  test('may be a thing of its own to a tracer that has the names in use', () => {
    class Taken extends OwnTracer {
      constructor() {
        super();
        Object.assign(this, { scopeManager: 'its own', activeSpan: 5 });
      }
    }
    const tracer = new Taken();
    expect([tracer.scopeManager, tracer.activeSpan]).toEqual(['its own', 5]);
    tracer.startSpan('any', {});
    expect(tracer.withActiveSpan('any', () => tracer.startSpan('other') && 1)).toBe(1);
    expect(tracer.spans.map(({ fields }) => fields)).toEqual([{}, {}, {}]);
  });

  test('is idle for the tracer that does nothing', () => {
    const tracer = new opentracing.Tracer();
    tracer.withActiveSpan('any', () => expect(tracer.activeSpan).toBeNull());
  });
});

describe('withScopes', () => {
  test('gives the scope methods to a tracer that extends nothing', () => {
    const started: [string, opentracing.SpanOptions][] = [];
    const foreign = {
      startSpan(name: string, options: opentracing.SpanOptions) {
        started.push([name, options]);
        return new opentracing.MockTracer().startSpan(name);
      },
    };
    const tracer = opentracing.withScopes(foreign, new AsyncLocalStorageScopeManager());
    tracer.withActiveSpan('outer', () => tracer.startSpan('inner').finish());
    expect(started).toMatchObject([
      ['outer', {}],
      ['inner', { childOf: expect.any(opentracing.SpanContext) }],
    ]);
  });

  test('takes a tracer for 0.14.7 whose spans are passed as they are', () => {
    const own = new OwnTracer();
    const tracer = opentracing.withScopes(own, new ThreadLocalScopeManager());
    const raw = own.startSpan('raw');
    tracer.startSpan('child', { childOf: raw }).finish();
    tracer.withActiveSpan('outer', () => tracer.startSpan('inner').finish());
    expect(['raw', 'child', 'outer', 'inner'].map((name) => own.parentOf(name))).toEqual([
      undefined,
      'raw',
      undefined,
      'outer',
    ]);
    tracer.startSpan('any').logEvent('event', 1);
    expect(own.spans.at(-1)?.logs).toEqual([{ event: 'event', payload: 1 }]);
  });
});

describe('flush and close', () => {
  test.each(['flush', 'close'] as const)('end by a promise or a function: %s', async (name) => {
    const tracer = new OwnTracer();
    await tracer[name]();
    await new Promise<void>((resolve) => tracer[name](resolve));
    await new Promise<void>((resolve) => opentracing.globalTracer()[name](resolve));
    await opentracing.globalTracer()[name]();
  });

  test('of the global tracer wait for the registered one, whose methods may be of any kind', async () => {
    const calls: string[] = [];
    const global = opentracing.globalTracer();
    class ByCallback extends opentracing.Tracer {
      override flush(done: () => void): void {
        setImmediate(() => {
          calls.push('called back');
          done();
        });
      }
      override close(): void {
        calls.push('closed');
      }
    }
    opentracing.initGlobalTracer(new ByCallback());
    await global.flush();
    await global.close();
    expect(calls).toEqual(['called back', 'closed']);
    class Failing extends opentracing.Tracer {
      override flush(): Promise<void> {
        return Promise.reject(new Error('expected'));
      }
      override close(): void {
        throw new Error('expected');
      }
    }
    opentracing.initGlobalTracer(new Failing());
    await global.flush();
    await global.close();
    opentracing.initGlobalTracer(null);
  });
});
