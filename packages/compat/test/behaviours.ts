import { inherits } from 'node:util';
import { type Library, outcome } from './libraries.js';

/** Something that a program can see of the library, as plain data. */
export interface Behaviour {
  name: string;
  see(opentracing: Library): unknown;
}

type Call = [hook: string, ...args: unknown[]];
type Hooks = Record<string, (...args: unknown[]) => unknown>;

/** A tracer that keeps the calls of its hooks, written the way of 2015. */
function recordingTracer(opentracing: Library) {
  const calls: Call[] = [];
  function Context(this: { id: number }, id: number) {
    opentracing.SpanContext.call(this as never);
    this.id = id;
  }
  inherits(Context, opentracing.SpanContext);
  function Span(this: object) {
    opentracing.Span.apply(this as never, [] as never);
  }
  inherits(Span, opentracing.Span);
  function Tracer(this: object, ..._options: unknown[]) {
    // biome-ignore lint/complexity/noArguments: how tracers of that time pass on what they get
    opentracing.Tracer.apply(this as never, arguments as never);
  }
  inherits(Tracer, opentracing.Tracer);
  const context = new (Context as unknown as new (id: number) => object)(7);
  const span = new (Span as unknown as new () => InstanceType<Library['Span']>)();
  const make = Tracer as unknown as new (...options: unknown[]) => InstanceType<Library['Tracer']>;
  const tracer = new make({ service: 'any' }, 2);

  const hook = (prototype: Hooks, name: string, result: unknown) => {
    prototype[name] = (...args) => {
      calls.push([name, ...args]);
      return result;
    };
  };
  hook(Tracer.prototype, '_startSpan', span);
  hook(Tracer.prototype, '_inject', 'injected');
  hook(Tracer.prototype, '_extract', context);
  hook(Span.prototype, '_context', context);
  hook(Span.prototype, '_tracer', tracer);
  hook(Span.prototype, '_getBaggageItem', 'item');
  for (const name of ['_setOperationName', '_setBaggageItem', '_addTags', '_log', '_finish']) {
    hook(Span.prototype, name, `result of ${name}`);
  }
  return { tracer, span, context, calls };
}

/** The calls as plain data: references as type and id, objects of the library by their kind. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(plain);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const { type, referencedContext } = value as Record<string, unknown>;
  if (typeof type === 'function' && typeof referencedContext === 'function') {
    return ['reference', type.call(value), plain(referencedContext.call(value))];
  }
  const entries = Object.entries(value).map(([key, item]) => [key, plain(item)]);
  return { kind: value.constructor?.name, ...Object.fromEntries(entries) };
}

const hooks = (
  name: string,
  use: (made: ReturnType<typeof recordingTracer>, opentracing: Library) => unknown,
): Behaviour => ({
  name,
  see(opentracing) {
    const made = recordingTracer(opentracing);
    const result = outcome(() => use(made, opentracing));
    const known = [made.tracer, made.span, made.context].indexOf(result as never);
    return {
      result: known < 0 ? plain(result) : ['tracer', 'span', 'context'][known],
      calls: plain(made.calls),
    };
  },
});

/** The properties that `for...in` finds. */
function visible(object: object): string[] {
  const names: string[] = [];
  for (const name in object) {
    names.push(name);
  }
  return names.filter((name) => name !== 'constructor').sort();
}

const shapeOf = (object: object) =>
  Object.fromEntries(
    Object.keys(object).map((name) => {
      const { value, ...flags } = Object.getOwnPropertyDescriptor(object, name) ?? {};
      return [name, { ...flags, type: typeof value, text: typeof value === 'string' && value }];
    }),
  );

const CLASSES = ['Tracer', 'Span', 'SpanContext', 'Reference', 'BinaryCarrier'] as const;

export const BEHAVIOURS: Behaviour[] = [
  { name: 'the exports, their types and flags', see: (o) => shapeOf(o) },
  { name: 'the tags', see: (o) => shapeOf(o.Tags) },
  {
    name: 'what for...in finds in each class',
    see: (o) => [...CLASSES, 'MockTracer' as const].map((name) => visible(o[name].prototype)),
  },
  {
    name: 'the names of the classes',
    see: (o) => [...CLASSES, 'MockTracer' as const].map((name) => o[name].name),
  },
  {
    name: 'the own properties of new objects',
    see: (o) => [
      Object.keys(new o.Tracer()),
      Object.keys(new o.Span()),
      Object.keys(new o.SpanContext()),
      { ...new o.BinaryCarrier([1]) },
      plain(new o.Reference('any', new o.SpanContext())),
      Object.keys(new o.Reference('any', new o.SpanContext())),
    ],
  },
  {
    name: 'constructors called as functions',
    see: (o) =>
      CLASSES.map((name) => {
        const self = Object.create(o[name].prototype);
        const result = outcome(() => Reflect.apply(o[name] as never, self, ['a', undefined]));
        return [result, { ...self }, self instanceof o[name]];
      }),
  },
  {
    name: 'classes that extend them',
    see(o) {
      class Tracer extends o.Tracer {}
      class Span extends o.Span {}
      class Reference extends o.Reference {
        own = 1;
      }
      const reference = new Reference('any', new Span());
      return [
        new Tracer() instanceof o.Tracer,
        Object.keys(reference),
        reference.type(),
        reference.referencedContext() instanceof o.SpanContext,
        new Tracer().constructor.name,
        Object.getPrototypeOf(Tracer) === o.Tracer,
        o.Tracer.prototype.constructor === o.Tracer,
      ];
    },
  },
  {
    name: 'a mixin of the prototypes',
    see(o) {
      const tracer = Object.assign(
        {},
        ...visible(o.Tracer.prototype).map((name) => ({
          [name]: (o.Tracer.prototype as unknown as Hooks)[name],
        })),
      );
      return tracer.startSpan('any') instanceof o.Span;
    },
  },
  hooks('startSpan with a name', ({ tracer }) => tracer.startSpan('any')),
  hooks('startSpan with a span as the parent', ({ tracer, span }) =>
    tracer.startSpan('any', { childOf: span, tags: { a: 1 }, startTime: 5 }),
  ),
  hooks('startSpan with a context as the parent', ({ tracer, context }) =>
    tracer.startSpan('any', { childOf: context as never }),
  ),
  hooks('startSpan with a parent beside references', ({ tracer, span }, o) =>
    tracer.startSpan('any', { childOf: span, references: [o.followsFrom(span)] }),
  ),
  hooks('startSpan with options of its own', ({ tracer }) =>
    tracer.startSpan('any', { resource: 'a', tags: { a: [1] } } as never),
  ),
  hooks('startSpan with undefined', ({ tracer }) => tracer.startSpan('any', undefined)),
  hooks('startSpan with null', ({ tracer }) => tracer.startSpan('any', null as never)),
  hooks('startSpan with frozen options', ({ tracer, span }) =>
    tracer.startSpan('any', Object.freeze({ childOf: span })),
  ),
  hooks('startSpan with null as the parent', ({ tracer }) =>
    tracer.startSpan('any', { childOf: null as never }),
  ),
  hooks('startSpan with a reference to nothing', ({ tracer }, o) =>
    tracer.startSpan('any', { references: [o.childOf(null as never)] }),
  ),
  hooks('startSpan with null among the references', ({ tracer }) =>
    tracer.startSpan('any', { references: [null as never] }),
  ),
  {
    name: 'what startSpan does to its options',
    see(o) {
      const { tracer, span } = recordingTracer(o);
      const references = [o.followsFrom(span)];
      const options = { childOf: span, references, tags: { a: 1 } };
      tracer.startSpan('any', options);
      return [Object.keys(options), references.length];
    },
  },
  hooks('inject with a context', ({ tracer, context }) =>
    tracer.inject(context as never, 'any', { a: 1 }),
  ),
  hooks('inject with a span', ({ tracer, span }) => tracer.inject(span, 'any', { a: 1 })),
  hooks('inject with null', ({ tracer }) => tracer.inject(null as never, 'any', null)),
  hooks('extract', ({ tracer }) => tracer.extract('any', { a: 1 })),
  hooks('span.context', ({ span }) => span.context()),
  hooks('span.tracer', ({ span }) => span.tracer()),
  hooks('span.setOperationName', ({ span }) => span.setOperationName('a')),
  hooks('span.setTag', ({ span }) => span.setTag('a', {}).setTag('b', 1)),
  {
    name: 'a tag that is called __proto__',
    see(o) {
      const { span, calls } = recordingTracer(o);
      span.setTag('__proto__', 1);
      return Object.keys(calls[0]?.[1] as object);
    },
  },
  hooks('span.addTags', ({ span }) => span.addTags({ a: 1, b: 2 })),
  hooks('span.log', ({ span }) => span.log({ a: 1 }).log({ b: 2 }, 5)),
  hooks('span.logEvent', ({ span }) => span.logEvent('event', 1)),
  hooks('span.setBaggageItem', ({ span }) => span.setBaggageItem('a', 'b')),
  hooks('span.getBaggageItem', ({ span }) => span.getBaggageItem('a')),
  hooks('span.finish', ({ span }) => span.finish()),
  hooks('span.finish with a time', ({ span }) => span.finish(5)),
  hooks('childOf and followsFrom', ({ span, context }, o) => [
    o.childOf(span),
    o.followsFrom(context as never),
    o.childOf(null as never),
    o.followsFrom(undefined as never),
  ]),
  hooks('new Reference', ({ span }, o) => [new o.Reference('any', span)]),
  {
    name: 'what does nothing',
    see(o) {
      const tracer = new o.Tracer();
      const span = tracer.startSpan('any', { tags: { a: 1 } });
      const carrier = {};
      return [
        span === new o.Tracer().startSpan('other'),
        span instanceof o.Span,
        span.context() instanceof o.SpanContext,
        span.context() === tracer.extract('any', {}),
        span.tracer() instanceof o.Tracer,
        span.context().toTraceId() + span.context().toSpanId(),
        span.getBaggageItem('a'),
        span.setTag('a', 1) === span && span.addTags({}) === span && span.log({}) === span,
        span.setBaggageItem('a', 'b') === span && span.setOperationName('a') === span,
        span.logEvent('a', 1),
        span.finish(),
        tracer.inject(span, 'unknown format', carrier),
        carrier,
      ];
    },
  },
  {
    name: 'the global tracer',
    see(o) {
      const global = o.globalTracer();
      const before = global.startSpan('any') === new o.Tracer().startSpan('any');
      const first = recordingTracer(o);
      o.initGlobalTracer(first.tracer);
      global.startSpan('first', { childOf: first.span });
      const second = recordingTracer(o);
      o.initGlobalTracer(second.tracer);
      const injected = global.inject(second.span, 'any', {});
      const extracted = global.extract('any', {}) === second.context;
      o.initGlobalTracer(null as never);
      const after = global.startSpan('any') === new o.Tracer().startSpan('any');
      return [
        global === o.globalTracer() && global instanceof o.Tracer,
        [before, after, injected, extracted],
        plain(first.calls),
        plain(second.calls),
      ];
    },
  },
  {
    name: 'a global tracer that extends nothing',
    see(o) {
      const calls: unknown[] = [];
      const answer = (name: string) =>
        function (this: unknown, ...args: unknown[]) {
          calls.push([name, this === tracer, ...args]);
          return name;
        };
      const tracer = Object.fromEntries(
        ['startSpan', 'inject', 'extract'].map((name) => [name, answer(name)]),
      );
      o.initGlobalTracer(tracer as never);
      const global = o.globalTracer();
      const results = [
        global.startSpan('any', { childOf: 'a parent', custom: 1 } as never),
        global.inject('a context' as never, 'format', 'carrier'),
        global.extract('format', 'carrier'),
      ];
      o.initGlobalTracer(null as never);
      return { results, calls };
    },
  },
  {
    name: 'a global tracer that is none',
    see: (o) => outcome(() => o.initGlobalTracer({} as never)),
  },
  {
    name: 'MockTracer',
    see(o) {
      const tracer = new o.MockTracer();
      const parent = tracer.startSpan('parent', { tags: { dropped: 1 } });
      const child = tracer.startSpan('child', { childOf: parent }).setTag('a', 1);
      child.addTags({ a: 2, b: 'x' }).log({ any: 1 }, 5).logEvent('event', 1);
      child.setOperationName('renamed').finish(Date.now() + 1_000);
      const report = tracer.report() as unknown as Record<string, object>;
      const { spans } = tracer.report();
      const result = {
        names: spans.map((span) => span.operationName()),
        tags: spans.map((span) => span.tags()),
        ids: spans.map((span) => /^[0-9a-f]{16}$/.test(span.uuid())),
        finished: spans.map((span) => span._finishMs > 0),
        durations: spans.map((span) => Math.sign(span.durationMs())),
        debug: spans.map((span) => Object.keys(span.debug())),
        own: spans.map((span) => Object.keys(span).sort()),
        visible: spans.map(visible),
        stacks: spans.map((span) => span._startStack?.split('\n')[0]),
        tracers: spans.map((span) => span.tracer() === tracer),
        contexts: spans.map((span) => (span.context() as never as Hooks).span?.() === span),
        report: Object.keys(report),
        unfinished: (report.unfinishedSpans as object[]).map((span) =>
          spans.indexOf(span as never),
        ),
        byUuid: Object.keys(report.spansByUUID as object).length,
        byTag: JSON.stringify(report.spansByTag, (_key, value) =>
          value instanceof o.Span ? 'span' : value,
        ),
        debugSpans: Object.keys(report.debugSpans as object).length,
        first: spans.indexOf(tracer.report().firstSpanWithTagValue('a', 2) as never),
        none: [
          tracer.report().firstSpanWithTagValue('a', 3),
          tracer.report().firstSpanWithTagValue('c', 3),
        ],
        inject: outcome(() => tracer.inject(child, 'text_map', {})),
        extract: outcome(() => tracer.extract('text_map', {})),
      };
      tracer.clear();
      return { ...result, cleared: tracer.report().spans };
    },
  },
  {
    name: 'classes that extend MockTracer, both ways',
    see(o) {
      class Modern extends o.MockTracer {}
      function Old(this: object) {
        o.MockTracer.call(this as never);
      }
      inherits(Old, o.MockTracer);
      return [Modern, Old as unknown as typeof Modern].map((Class) => {
        const tracer = new Class();
        tracer.startSpan('any').finish();
        return tracer.report().spans.map((span) => span.operationName());
      });
    },
  },
];
