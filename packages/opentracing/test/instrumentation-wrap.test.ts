import { EventEmitter, once } from 'node:events';
import { PassThrough, Readable, Transform, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { globalTracer, Tracer } from 'opentracing-ts';
import { wrap } from 'opentracing-ts/instrumentation/functions';
import { describe, expect, it, test, vi } from 'vitest';
import { createTracer } from './instrumentation-helpers.js';

function setUp() {
  const tracer = createTracer();
  const names: (string | null)[] = [];
  const active = () =>
    (tracer.activeSpan as { operationName?: string } | null)?.operationName ?? null;
  return { tracer, options: { tracer }, names, active, note: () => void names.push(active()) };
}

describe('a callback', () => {
  test('runs under the scope in which it was wrapped, even if that is none', () => {
    const { tracer, options, names, note } = setUp();
    const ofNone = wrap(note, options);
    const ofA = tracer.withActiveSpan('a', () => wrap(note, options));
    tracer.withActiveSpan('b', () => {
      ofNone();
      note();
    });
    const b = tracer.startSpan('b');
    tracer.scopeManager.withActive(b, ofA);

    expect(names.slice(0, 2)).toEqual([null, 'b']);
    expect(names).toHaveLength(3);
    expect(names[2]).not.toBe('b');
  });

  test('keeps its name, its length, its properties and its this, and returns and throws the same', () => {
    const { tracer, options } = setUp();
    function pay(this: { shop: string }, sum: number) {
      if (sum < 0) throw new RangeError('negative');
      return `${sum} to ${this.shop}`;
    }
    pay.version = 2;
    const span = tracer.startSpan('a');
    const wrapped = tracer.scopeManager.withActive(span, () => wrap(pay, options));

    expect(wrapped.call({ shop: 'corner' }, 3)).toBe('3 to corner');
    expect(() => wrapped.call({ shop: 'corner' }, -1)).toThrow(RangeError);
    expect([wrapped.name, wrapped.length, wrapped.version]).toEqual(['pay', 1, 2]);
  });

  test('is the function itself before there is a tracer', () => {
    const fn = () => {};
    expect(wrap(fn)).toBe(fn);
  });
});

describe('an emitter', () => {
  test('runs each listener under the scope in which it was added', () => {
    const { tracer, options, names, active } = setUp();
    const emitter = wrap(new EventEmitter(), options);
    const spans = ['a', 'b'].map((name) => tracer.startSpan(name));
    const add = (
      method: 'on' | 'addListener' | 'once' | 'prependListener' | 'prependOnceListener',
    ) => emitter[method]('ready', (text) => names.push(`${method} ${text} ${active()}`));
    tracer.scopeManager.withActive(spans[0] as never, () => {
      add('on');
      add('once');
      add('prependListener');
    });
    tracer.scopeManager.withActive(spans[1] as never, () => {
      add('addListener');
      add('prependOnceListener');
      emitter.emit('ready', 1);
      emitter.emit('ready', 2);
    });

    expect(names).toEqual([
      'prependOnceListener 1 b',
      'prependListener 1 a',
      'on 1 a',
      'once 1 a',
      'addListener 1 b',
      'prependListener 2 a',
      'on 2 a',
      'addListener 2 b',
    ]);
  });

  test('counts, shows and removes listeners as before', () => {
    const { tracer, options, note } = setUp();
    const plain = new EventEmitter();
    const wrapped = wrap(new EventEmitter(), options);
    const other = () => {};
    const told: unknown[][] = [];
    const states = [plain, wrapped].map((emitter) => {
      const state: unknown[] = [];
      const look = () =>
        state.push([
          emitter.listenerCount('ready'),
          emitter.listenerCount('ready', note),
          emitter.listeners('ready'),
          emitter.rawListeners('ready').length,
          emitter.eventNames(),
        ]);
      const events: unknown[] = [];
      told.push(events);
      emitter.on('newListener', (...args) => events.push(args));
      const removed = (...args: unknown[]) => events.push(args);
      emitter.on('removeListener', removed);
      events.length = 0;
      tracer.withActiveSpan('request', () => {
        emitter.on('ready', note).once('ready', note).prependOnceListener('ready', other);
      });
      look();
      emitter.off('ready', note);
      look();
      emitter.removeListener('ready', other);
      look();
      emitter.off('ready', note);
      emitter.off('ready', note);
      look();
      tracer.withActiveSpan('request', () => emitter.once('ready', note));
      emitter.emit('ready');
      look();
      return state;
    });

    expect(states[1]).toEqual(states[0]);
    expect(told[1]).toEqual(told[0]);
  });

  test('is the same object, wrapped once, with the errors of its own', () => {
    const { tracer, options } = setUp();
    const emitter = new EventEmitter();
    expect(wrap(wrap(emitter, options), options)).toBe(emitter);
    expect(Object.keys(emitter)).toEqual(Object.keys(new EventEmitter()));

    const seen = vi.fn();
    tracer.withActiveSpan('request', () => {
      emitter.on('ready', seen);
      expect(() => emitter.on('ready', 'nothing' as never)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARG_TYPE' }),
      );
    });
    emitter.emit('ready', 1);
    expect(seen.mock.calls).toEqual([[1]]);
    expect(seen.mock.contexts).toEqual([emitter]);
    expect(() => emitter.emit('error', new Error('unheard'))).toThrow('unheard');
  });

  test('leaves a listener as it is that is added while nothing is active', () => {
    const { tracer, options, names, note } = setUp();
    const emitter = wrap(new EventEmitter(), options);
    emitter.on('ready', note);
    expect(emitter.rawListeners('ready')).toEqual([note]);
    tracer.withActiveSpan('request', () => emitter.emit('ready'));
    expect(names).toEqual(['request']);
  });

  test('holds no listener that is gone', async () => {
    const { tracer, options } = setUp();
    const emitter = wrap(new EventEmitter(), options);
    for (let i = 0; i < 100; i++) {
      const controller = new AbortController();
      await tracer.withActiveSpan('request', async () => {
        const ready = once(emitter, 'ready');
        emitter.emit('ready');
        await ready;
        const never = once(emitter, 'never', { signal: controller.signal });
        controller.abort();
        await expect(never).rejects.toThrow();
      });
    }
    expect(emitter.eventNames()).toEqual([]);
  });

  test('binds from the moment there is a tracer', () => {
    const { note } = setUp();
    const emitter = wrap(new EventEmitter());
    emitter.on('ready', note);
    expect(emitter.rawListeners('ready')).toEqual([note]);
  });

  test('works as before where the tracer cannot say what is active', () => {
    class Broken extends Tracer {
      override get scopeManager(): never {
        throw new Error('broken');
      }
    }
    const onError = vi.fn();
    const emitter = wrap(new EventEmitter(), { tracer: new Broken(), onError });
    const listener = vi.fn();
    emitter.on('ready', listener).once('ready', listener).emit('ready');

    expect(listener).toHaveBeenCalledTimes(2);
    expect(onError).toHaveBeenCalledTimes(1);
  });
});

test('a listener of once that is added again, as one that was put aside, is called once', () => {
  const { tracer, options } = setUp();
  const listener = vi.fn();
  const seen = [new EventEmitter(), wrap(new EventEmitter(), options)].map((emitter) =>
    tracer.withActiveSpan('request', () => {
      emitter.once('ready', listener);
      const aside = emitter.rawListeners('ready');
      emitter.removeAllListeners('ready');
      for (const each of aside) emitter.on('ready', each as () => void);
      const before = emitter.listenerCount('ready', listener);
      emitter.emit('ready');
      emitter.emit('ready');
      return [before, emitter.listenerCount('ready')];
    }),
  );
  expect(seen).toEqual([
    [1, 0],
    [1, 0],
  ]);
  expect(listener).toHaveBeenCalledTimes(2);
});

describe('a stream', () => {
  test('does its work under the scope in which it was wrapped', async () => {
    const { tracer, options, names, active } = setUp();
    const request = tracer.startSpan('request');
    const written: string[] = [];
    const { source, upper, sink } = tracer.scopeManager.withActive(request, () => {
      const items = ['tea', 'milk', null];
      const source = wrap(
        new Readable({
          read() {
            names.push(`read ${active()}`);
            this.push(items.shift() ?? null);
          },
        }),
        options,
      );
      const upper = wrap(
        new Transform({
          transform(chunk, _encoding, done) {
            names.push(`transform ${active()}`);
            setImmediate(done, null, String(chunk).toUpperCase());
          },
          flush(done) {
            names.push(`flush ${active()}`);
            done();
          },
        }),
        options,
      );
      const sink = wrap(
        new Writable({
          write(chunk, _encoding, done) {
            names.push(`write ${active()}`);
            written.push(String(chunk));
            setImmediate(done);
          },
          final(done) {
            names.push(`final ${active()}`);
            done();
          },
        }),
        options,
      );
      return { source, upper, sink };
    });

    await tracer.withActiveSpan('somebody else', () => pipeline(source, upper, sink));

    expect(written).toEqual(['TEA', 'MILK']);
    expect(new Set(names)).toEqual(
      new Set(['read', 'transform', 'flush', 'write', 'final'].map((work) => `${work} request`)),
    );
    expect(names.filter((name) => name === 'flush request')).toHaveLength(1);
    expect(names.filter((name) => name === 'final request')).toHaveLength(1);
  });

  test('pipes in the scope of the pipe, and calls back in the scope of the write', async () => {
    const { tracer, options, names, note } = setUp();
    const source = wrap(new PassThrough(), options);
    const sink = wrap(
      new Writable({
        write(_chunk, _encoding, done) {
          note();
          done();
        },
      }),
      options,
    );
    const pipe = tracer.startSpan('pipe');
    const write = tracer.startSpan('write');
    tracer.scopeManager.withActive(pipe, () => source.pipe(sink));
    const ended = once(sink, 'finish');
    tracer.scopeManager.withActive(write, () => {
      setImmediate(tracer.scopeManager.bind(() => source.end('tea', note)));
    });
    await ended;
    await vi.waitUntil(() => names.length === 2);

    expect(names.sort()).toEqual(['pipe', 'write']);
  });

  test('has the listeners and the errors that it had', async () => {
    const { tracer, options } = setUp();
    const events = ['data', 'end', 'error', 'close', 'finish', 'drain', 'unpipe', 'prefinish'];
    const [plain, wrapped] = [new PassThrough(), wrap(new PassThrough(), options)].map((stream) => {
      const target = new PassThrough();
      tracer.withActiveSpan('request', () => stream.pipe(target));
      const piped = events.map((event) => stream.listenerCount(event));
      stream.unpipe(target);
      return [piped, events.map((event) => stream.listenerCount(event))];
    });
    expect(wrapped).toEqual(plain);

    const failing = tracer.withActiveSpan('request', () =>
      wrap(
        new Writable({
          write(_chunk, _encoding, done) {
            done(new Error('full'));
          },
        }),
        options,
      ),
    );
    await expect(pipeline(Readable.from(['tea']), failing)).rejects.toThrow('full');
    expect(failing.destroyed).toBe(true);
  });
});

describe('an async iterator', () => {
  test('is asked, and closed early, under the scope in which it was wrapped', async () => {
    const { tracer, options, names, active } = setUp();
    async function* rows() {
      try {
        for (let i = 0; ; i++) {
          names.push(`row ${active()}`);
          yield i;
          await null;
        }
      } finally {
        names.push(`close ${active()}`);
      }
    }
    const request = tracer.startSpan('request');
    const wrapped = tracer.scopeManager.withActive(request, () => wrap(rows(), options));

    const loop = tracer.startSpan('loop');
    await tracer.scopeManager.withActive(loop, async () => {
      for await (const row of wrapped) {
        names.push(`body ${active()}`);
        if (row === 1) break;
      }
    });

    expect(names).toEqual([
      'row request',
      'body loop',
      'row request',
      'body loop',
      'close request',
    ]);
    expect(await wrapped.next()).toEqual({ value: undefined, done: true });
    expect(wrapped[Symbol.asyncIterator]()).toBe(wrapped);
  });

  test('has what else the iterator has, private members included', async () => {
    class Cursor {
      #rows = ['tea', 'milk'];
      isClosed = false;
      limit = 2;
      get left() {
        return this.#rows.length;
      }
      take(count: number): this {
        this.#rows.length = count;
        this.limit = count;
        return this;
      }
      async next(): Promise<IteratorResult<string, undefined>> {
        const value = this.#rows.shift();
        return value === undefined ? { done: true, value } : { done: false, value };
      }
      async return(): Promise<IteratorResult<string, undefined>> {
        this.isClosed = true;
        return { done: true, value: undefined };
      }
      [Symbol.asyncIterator](): this {
        return this;
      }
    }
    const { tracer, options } = setUp();
    const source = Object.seal(new Cursor());
    const cursor = tracer.withActiveSpan('request', () => wrap(source, options));

    expect(cursor.take(1)).toBe(cursor);
    expect([cursor.left, cursor.limit]).toEqual([1, 1]);
    expect(cursor).toBeInstanceOf(Cursor);
    expect(cursor.constructor).toBe(Cursor);
    const rows: string[] = [];
    for await (const row of cursor) rows.push(row);
    await cursor.return();
    cursor.limit = 5;

    expect(rows).toEqual(['tea']);
    expect([cursor.isClosed, source.isClosed, source.limit]).toEqual([true, true, 5]);
  });

  test('may be one that cannot be closed, or that fails', async () => {
    const { tracer, options, active } = setUp();
    const error = new Error('connection lost');
    let count = 0;
    const source = {
      [Symbol.asyncIterator]() {
        return {
          async next() {
            count += 1;
            if (count === 3) throw error;
            return { done: false as const, value: active() };
          },
        };
      },
    };
    const request = tracer.startSpan('request');
    const wrapped = tracer.scopeManager.withActive(request, () => wrap(source, options));

    for await (const value of wrapped) {
      expect(value).toBe('request');
      break;
    }
    const read = async () => {
      for await (const value of wrapped) expect(value).toBe('request');
    };
    await expect(read()).rejects.toBe(error);
  });

  test('of a wrapped stream gives the values, and destroys the stream when it is left', async () => {
    const { tracer, options } = setUp();
    const stream = tracer.withActiveSpan('request', () =>
      wrap(Readable.from(['tea', 'milk']), options),
    );
    for await (const chunk of stream) {
      expect(chunk).toBe('tea');
      break;
    }
    expect(stream.destroyed).toBe(true);
  });
});

it.each([1, null, undefined, 'text', {}, { on() {} }, new EventTarget()])(
  'tells what it cannot wrap: %s',
  (target) => {
    expect(() => wrap(target as never)).toThrow(
      /^wrap takes a function, an emitter or a stream of Node's kind, or an async iterable, not /,
    );
    expect(() => wrap(() => {}, { tracer: {} as never })).toThrow(TypeError);
  },
);

test('the global tracer is asked for none of this while there is none', () => {
  const scopeManager = vi.spyOn(globalTracer(), 'scopeManager', 'get');
  const emitter = wrap(new EventEmitter());
  emitter.on(
    'ready',
    wrap(() => {}),
  );
  wrap((async function* () {})());
  expect(scopeManager).not.toHaveBeenCalled();
});
