import { Writable } from 'node:stream';
import { format } from 'node:util';
import { globalTracer, setGlobalTracer, Tracer } from 'opentracing-ts';
import { instrumentConsole } from 'opentracing-ts/instrumentation/console';
import { pinoLogMethod, pinoMixin } from 'opentracing-ts/instrumentation/pino';
import { traceWinston, winstonFormat } from 'opentracing-ts/instrumentation/winston';
import type { MockTracer } from 'opentracing-ts/mocktracer';
import { type LoggerOptions, pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import winston from 'winston';
import { createTracer } from './instrumentation-helpers.js';

class Broken extends Tracer {
  override get activeSpan(): never {
    throw new Error('broken');
  }
}

const hostile = () => ({
  get err(): never {
    throw new Error('getter');
  },
  get msg(): never {
    throw new Error('getter');
  },
});

function idsOf(tracer: MockTracer, name: string) {
  const context = tracer.getSpan(name).context();
  return { trace_id: context.toTraceId(), span_id: context.toSpanId() };
}

function fieldsOf(tracer: MockTracer, name: string) {
  return tracer.getSpan(name).logs.map(({ fields }) => fields);
}

describe('before there is a tracer', () => {
  test('lines are as they were, and the tracer is not asked', () => {
    const activeSpan = vi.spyOn(globalTracer(), 'activeSpan', 'get');
    const info = { level: 'info', message: 'a' };

    expect(pinoMixin()()).toEqual({});
    expect(winstonFormat({ spanLogs: true }).transform(info)).toBe(info);
    expect(info).toEqual({ level: 'info', message: 'a' });
    expect(activeSpan).not.toHaveBeenCalled();
  });
});

describe('pino', () => {
  function setUp(options: (tracer: MockTracer) => LoggerOptions) {
    const tracer = createTracer();
    const lines: Record<string, unknown>[] = [];
    const logger = pino(
      { base: null, timestamp: false, ...options(tracer) },
      { write: (line) => void lines.push(JSON.parse(line)) },
    );
    return { tracer, lines, logger };
  }

  test('lines have the ids of the active span, and none where there is none', () => {
    const { tracer, lines, logger } = setUp((tracer) => ({ mixin: pinoMixin({ tracer }) }));

    tracer.withActiveSpan('request', () => {
      logger.info({ item: 'tea' }, 'sold %d', 2);
      logger.child({ shop: 'corner' }).warn('closing');
      logger.error({ trace_id: 'mine' }, 'own');
    });
    logger.info({ item: 'milk' });

    const ids = idsOf(tracer, 'request');
    expect(lines).toEqual([
      { level: 30, item: 'tea', ...ids, msg: 'sold 2' },
      { level: 40, shop: 'corner', ...ids, msg: 'closing' },
      { level: 50, ...ids, trace_id: 'mine', msg: 'own' },
      { level: 30, item: 'milk' },
    ]);
  });

  test('the names of the fields are as asked for', () => {
    const { tracer, lines, logger } = setUp((tracer) => ({
      mixin: pinoMixin({ tracer, traceIdField: 'dd.trace_id', spanIdField: 'dd.span_id' }),
    }));
    tracer.withActiveSpan('request', () => logger.info('a'));
    const { trace_id, span_id } = idsOf(tracer, 'request');
    expect(lines).toEqual([
      { level: 30, 'dd.trace_id': trace_id, 'dd.span_id': span_id, msg: 'a' },
    ]);
  });

  test('a written line becomes a log of the span, without the fields that pino may redact', () => {
    const { tracer, lines, logger } = setUp((tracer) => ({
      hooks: { logMethod: pinoLogMethod({ tracer }) },
      redact: ['password'],
      customLevels: { audit: 35 },
    }));
    const error = new Error('sold out');

    tracer.withActiveSpan('request', () => {
      logger.info({ password: 'secret' }, 'hello %s, %d%% %j %o', 'ann', 50, { a: 1 }, [1]);
      logger.debug('not written');
      logger.error(error);
      logger.error({ err: error }, 'failed');
      logger.warn({ msg: 'of the object' });
      (logger as unknown as Record<'audit', (text: string) => void>).audit('seen');
    });
    logger.info('nothing active');

    expect(lines).toHaveLength(6);
    expect(lines[0]).toEqual({
      level: 30,
      password: '[Redacted]',
      msg: expect.stringContaining('hello ann, 50%'),
    });
    const failed = {
      event: 'log',
      level: 'error',
      'error.object': error,
      'error.kind': 'Error',
      stack: error.stack,
    };
    expect(fieldsOf(tracer, 'request')).toEqual([
      { event: 'log', level: 'info', message: 'hello ann, 50% {"a":1} [1]' },
      { ...failed, message: 'sold out' },
      { ...failed, message: 'failed' },
      { event: 'log', level: 'warn', message: 'of the object' },
      { event: 'log', level: 'audit', message: 'seen' },
    ]);
  });

  test('a hook that the program has goes on with what ours was given', () => {
    const { tracer, lines, logger } = setUp((tracer) => {
      const record = pinoLogMethod({ tracer });
      const own: NonNullable<NonNullable<LoggerOptions['hooks']>['logMethod']> = function (
        args,
        method,
      ) {
        method.apply(this, ['own: %s', ...args] as never);
      };
      return {
        hooks: {
          logMethod(args, method, level) {
            const next = (...given: unknown[]) => own.call(this, given as never, method, level);
            record.call(this, args, next, level);
          },
        },
      };
    });
    tracer.withActiveSpan('request', () => logger.info('tea'));
    expect(lines).toEqual([{ level: 30, msg: 'own: tea' }]);
    expect(fieldsOf(tracer, 'request')).toEqual([{ event: 'log', level: 'info', message: 'tea' }]);
  });

  test('a span log has no more than the text that pino writes', () => {
    const { tracer, lines, logger } = setUp((tracer) => ({
      hooks: { logMethod: pinoLogMethod({ tracer }) },
    }));
    const circle: Record<string, unknown> = {};
    circle.self = circle;

    tracer.withActiveSpan('request', () => {
      logger.info('log in', { password: 'secret' } as never);
      logger.info('log in of %s', ...(['ann', { password: 'secret' }] as never[]));
      logger.info(null, 'nothing of %s', 'ann' as never);
      logger.info(undefined, 'nothing of %s', 'bob');
      logger.child({}, { msgPrefix: '[shop] ' }).info({ item: 'tea' }, 'sold %d', 2);
      logger.child({}, { msgPrefix: '[shop] ' }).info({ item: 'tea' });
      logger.info({ msg: 'of the object' }, 7 as never);
      logger.info('');
    });

    const written = lines.map(({ msg }) => String(msg ?? ''));
    expect(written[4]).toBe('[shop] sold 2');
    expect(fieldsOf(tracer, 'request').map(({ message }) => message)).toEqual(written);
  });

  test('getters that throw, and a tracer that fails, do not reach the logger', () => {
    const onError = vi.fn();
    const { tracer, lines, logger } = setUp((tracer) => ({
      hooks: { logMethod: pinoLogMethod({ tracer, onError }) },
      serializers: { err: () => 'unread' },
    }));
    const method = vi.fn();
    tracer.withActiveSpan('request', () => {
      Reflect.apply(pinoLogMethod({ tracer, onError }), logger, [[hostile(), 'a'], method, 30]);
      logger.info('b');
    });
    expect(method).toHaveBeenCalledTimes(1);
    expect(onError).toHaveBeenCalledTimes(1);
    expect(lines).toEqual([{ level: 30, msg: 'b' }]);

    const broken = pinoMixin({ tracer: new Broken(), onError });
    expect([broken(), broken()]).toEqual([{}, {}]);
    expect(onError).toHaveBeenCalledTimes(2);
  });
});

describe('winston', () => {
  function setUp(spanLogs: boolean) {
    const tracer = createTracer();
    const lines: Record<string, unknown>[] = [];
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(JSON.parse(String(chunk)));
        done();
      },
    });
    const { colorize, combine, errors, json, splat } = winston.format;
    const logger = winston.createLogger({
      format: combine(errors({ stack: true }), splat(), colorize()),
      transports: [
        new winston.transports.Stream({
          stream,
          format: combine(winstonFormat({ tracer, spanLogs }), json()),
        }),
      ],
    });
    return { tracer, logger, lines };
  }

  test('lines have the ids of the active span, and none where there is none', () => {
    const { tracer, logger, lines } = setUp(false);

    tracer.withActiveSpan('request', () => {
      logger.info('sold %s', 'tea', { shop: 'corner' });
      logger.warn('own', { trace_id: 'mine' });
    });
    logger.info('bye');

    const ids = idsOf(tracer, 'request');
    expect(lines).toMatchObject([
      { message: 'sold tea', shop: 'corner', ...ids },
      { message: 'own', ...ids, trace_id: 'mine' },
      { message: 'bye' },
    ]);
    expect(Object.keys(lines[2] ?? {}).sort()).toEqual(['level', 'message']);
    expect(fieldsOf(tracer, 'request')).toEqual([]);
  });

  test('a line becomes a log of the span, with its level uncoloured', () => {
    const { tracer, logger } = setUp(true);
    const error = new Error('sold out');

    tracer.withActiveSpan('request', () => {
      logger.info('sold %s', 'tea', { password: 'secret' });
      logger.error(error);
      logger.debug('not written');
    });

    expect(fieldsOf(tracer, 'request')).toEqual([
      { event: 'log', level: 'info', message: 'sold tea' },
      expect.objectContaining({
        event: 'log',
        level: 'error',
        message: 'sold out',
        stack: error.stack,
      }),
    ]);
  });

  test('lines that cannot be read or written stay as they are', () => {
    const tracer = createTracer();
    const onError = vi.fn();
    const { transform } = winstonFormat({ tracer, spanLogs: true, onError });
    const frozen = Object.freeze({ level: 'info', message: 'a' });
    const unreadable = {
      level: 'info',
      get message(): never {
        throw new Error('getter');
      },
    };
    tracer.withActiveSpan('request', () => {
      expect(transform(frozen)).toBe(frozen);
      expect(transform(unreadable)).toBe(unreadable);
    });
    expect(onError).toHaveBeenCalledTimes(1);
    expect(fieldsOf(tracer, 'request')).toHaveLength(1);
  });
});

describe('a logger of winston whose transport is behind', () => {
  const MESSAGE = Symbol.for('message');

  /** A transport that takes its time for each line. */
  function setUp(spanLogs: boolean) {
    const tracer = createTracer();
    const lines: Record<string, unknown>[] = [];
    class Slow extends winston.transports.Stream {
      override log(info: Record<symbol, string>, done: () => void): void {
        lines.push(JSON.parse(String(info[MESSAGE])));
        setImmediate(done);
      }
    }
    const { combine, errors, json, splat } = winston.format;
    const logger = winston.createLogger({
      format: combine(errors({ stack: true }), splat(), json()),
      transports: [new Slow({ stream: new Writable() })],
    });
    return { tracer, lines, logger: traceWinston(logger, { tracer, spanLogs }) };
  }

  test('writes each line with the ids of the span in which it was logged', async () => {
    const { tracer, lines, logger } = setUp(false);
    const error = new Error('sold out');

    for (let i = 0; i < 50; i++) {
      tracer.withActiveSpan(`request ${i}`, () => {
        logger.info('sold %s', 'tea', { request: i });
        logger.child({ request: i }).error(error);
      });
      logger.info('none', { request: -1 });
      logger.error(error);
    }
    await vi.waitUntil(() => lines.length === 200, { timeout: 10_000 });

    for (const [i, line] of lines.entries()) {
      const ids = i % 4 < 2 ? idsOf(tracer, `request ${Math.floor(i / 4)}`) : {};
      const { trace_id, span_id } = line;
      expect({ trace_id, span_id }).toEqual({ trace_id: undefined, span_id: undefined, ...ids });
    }
    expect(lines[0]).toMatchObject({ message: 'sold tea', request: 0 });
    expect(lines[1]).toMatchObject({ message: 'sold out', stack: error.stack, request: 0 });
  });

  test('makes the lines of levels that are written logs of their span while that goes on', () => {
    const { tracer, logger } = setUp(true);
    const error = new Error('sold out');

    for (let i = 0; i < 20; i++) {
      tracer.withActiveSpan(`request ${i}`, () => {
        logger.info('sold %s', 'tea', { password: 'secret' });
        logger.info('log in', { password: 'secret' });
        logger.debug('not written');
        logger.error('failed', error);
      });
      expect(fieldsOf(tracer, `request ${i}`)).toEqual([
        { event: 'log', level: 'info', message: 'sold tea' },
        { event: 'log', level: 'info', message: 'log in' },
        expect.objectContaining({ event: 'log', level: 'error', stack: error.stack }),
      ]);
    }
    logger.silent = true;
    tracer.withActiveSpan('silent', () => logger.info('not written'));
    expect(fieldsOf(tracer, 'silent')).toEqual([]);
  });
});

describe('traceWinston', () => {
  function setUp() {
    const lines: Record<string, unknown>[] = [];
    const transport = new winston.transports.Stream({
      stream: new Writable({
        write(chunk, _encoding, done) {
          lines.push(JSON.parse(String(chunk)));
          done();
        },
      }),
    });
    return { lines, logger: winston.createLogger({ transports: [transport] }) };
  }

  test('returns the logger, traces it once, and leaves the fields that a line has', () => {
    const tracer = createTracer();
    const { lines, logger } = setUp();
    expect(traceWinston(logger, { tracer, spanLogs: true })).toBe(logger);
    const { write } = logger;
    expect(traceWinston(logger, { tracer, spanLogs: true }).write).toBe(write);

    tracer.withActiveSpan('request', () => {
      expect(logger.warn('own', { trace_id: 'mine' })).toBe(logger);
      logger.write({ level: 'info', message: 'by write' });
    });
    const { trace_id, span_id } = idsOf(tracer, 'request');
    expect(lines).toEqual([
      { level: 'warn', message: 'own', trace_id: 'mine', span_id },
      { level: 'info', message: 'by write', trace_id, span_id },
    ]);
    expect(fieldsOf(tracer, 'request')).toHaveLength(2);
  });

  test('an object that is logged again gets the ids of then', () => {
    const tracer = createTracer();
    const { lines, logger } = setUp();
    traceWinston(logger, { tracer });
    const started = { message: 'started' };

    for (const name of ['a', 'b']) tracer.withActiveSpan(name, () => logger.info(started));
    logger.info(started);

    const line = { level: 'info', message: 'started' };
    expect(lines).toEqual([
      { ...line, ...idsOf(tracer, 'a') },
      { ...line, ...idsOf(tracer, 'b') },
      line,
    ]);
  });

  test('is one check before there is a tracer', () => {
    const activeSpan = vi.spyOn(globalTracer(), 'activeSpan', 'get');
    const { lines, logger } = setUp();
    traceWinston(logger, { spanLogs: true }).info('a');
    expect(lines).toEqual([{ level: 'info', message: 'a' }]);
    expect(activeSpan).not.toHaveBeenCalled();
  });

  test('writes the line where the tracer fails', () => {
    const onError = vi.fn();
    const { lines, logger } = setUp();
    traceWinston(logger, { tracer: new Broken(), onError, spanLogs: true }).info('a').info('b');
    expect(lines).toHaveLength(2);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test('tells what it cannot trace', () => {
    const child = setUp().logger.child({ shop: 'corner' });
    expect(() => traceWinston(child)).toThrow(
      new TypeError(
        'The logger is the child of another; trace that one, which traces its children.',
      ),
    );
    expect(() => traceWinston({} as never)).toThrow(
      new TypeError(
        'The logger is an object, which has no method write; pass what createLogger of winston has made.',
      ),
    );
  });
});

describe('console', () => {
  const NAMES = ['log', 'info', 'warn', 'error', 'debug'] as const;
  let stop = () => {};
  let printed: unknown[][];
  beforeEach(() => {
    printed = [];
    for (const name of NAMES) {
      vi.spyOn(console, name).mockImplementation((...args) => void printed.push(args));
    }
  });
  afterEach(() => {
    stop();
    vi.restoreAllMocks();
  });

  test('lines begin with the ids of the active span, and print as before', () => {
    const tracer = createTracer();
    stop = instrumentConsole({ tracer });
    const lines = [
      ['sold %s for %d%%', 'tea', 3, { a: 1 }],
      ['100%'],
      [{ a: '%s' }, 'b %s'],
      [new Error('no').message, undefined, null, Symbol('s')],
      [1, 2],
    ];
    tracer.withActiveSpan('request', () => {
      for (const line of lines) console.log(...line);
      console.log();
    });
    console.log('nothing %s', 'active');

    const { trace_id, span_id } = idsOf(tracer, 'request');
    expect(printed.map((args) => format(...args))).toEqual([
      ...lines.map((line) => `[trace_id=${trace_id} span_id=${span_id}] ${format(...line)}`),
      '',
      'nothing active',
    ]);
  });

  test('every level prints and becomes a log of the span, by itself if asked', () => {
    const tracer = createTracer();
    stop = instrumentConsole({ tracer, spanLogs: true, prefix: false });
    const error = new Error('sold out');

    tracer.withActiveSpan('request', () => {
      for (const name of NAMES) console[name]('%s of %s', name, 'tea');
      console.error('failed:', error);
    });

    expect(printed).toEqual([
      ...NAMES.map((name) => ['%s of %s', name, 'tea']),
      ['failed:', error],
    ]);
    expect(fieldsOf(tracer, 'request')).toEqual([
      ...['info', 'info', 'warn', 'error', 'debug'].map((level, i) => ({
        event: 'log',
        level,
        message: `${NAMES[i]} of tea`,
      })),
      {
        event: 'log',
        level: 'error',
        message: 'failed: Error: sold out',
        'error.object': error,
        'error.kind': 'Error',
        stack: error.stack,
      },
    ]);
  });

  test('is installed once, and taken out so that what others put on top stays', () => {
    const tracer = createTracer();
    setGlobalTracer(tracer);
    const before = console.log;
    stop = instrumentConsole();
    const { log } = console;
    expect([log.name, log.length]).toEqual([before.name, before.length]);
    instrumentConsole()();
    expect(console.log).toBe(log);

    const onTop = vi.fn(log);
    console.warn = onTop;
    tracer.withActiveSpan('request', () => log('a'));
    stop();
    expect(console.log).toBe(before);
    expect(console.warn).toBe(onTop);
    tracer.withActiveSpan('request', () => {
      log('b');
      console.warn('c');
    });
    expect(printed).toEqual([[expect.stringMatching(/^\[trace_id=.* a$/)], ['b'], ['c']]);
  });

  test('a tracer that writes to the console itself, or fails, loses no line', () => {
    class Talkative extends Tracer {
      override get activeSpan() {
        console.log('asked');
        return null;
      }
    }
    stop = instrumentConsole({ tracer: new Talkative() });
    console.log('a');
    stop();
    const onError = vi.fn();
    stop = instrumentConsole({ tracer: new Broken(), onError });
    console.log('b');
    console.log('c');

    expect(printed).toEqual([['asked'], ['a'], ['b'], ['c']]);
    expect(onError).toHaveBeenCalledTimes(1);
  });

  test('what is very large is named in a span log, and not read through', () => {
    const tracer = createTracer();
    stop = instrumentConsole({ tracer, spanLogs: true, prefix: false });
    let reads = 0;
    const large = Array.from({ length: 100_000 }, () => ({
      get item() {
        reads += 1;
        return 'tea';
      },
    }));
    tracer.withActiveSpan('request', () => console.log('%o', large, new Uint8Array(100_000)));

    expect(fieldsOf(tracer, 'request')).toEqual([
      { event: 'log', level: 'info', message: '[object] [object]' },
    ]);
    expect(reads).toBeLessThan(2_000);
  });

  test('values that cannot be read are printed as they are', () => {
    const tracer = createTracer();
    stop = instrumentConsole({ tracer, spanLogs: true, prefix: false });
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    const throwing = {
      toJSON: () => {
        throw new Error('no');
      },
    };
    tracer.withActiveSpan('request', () =>
      console.log('%o %s %d %i %f %c%x %s', circle, throwing, Symbol('s'), 2.7, 8n, 'css'),
    );

    expect(printed).toHaveLength(1);
    expect(fieldsOf(tracer, 'request')).toEqual([
      { event: 'log', level: 'info', message: '[object] [object] NaN 2 8 %x %s' },
    ]);
  });
});

it.each([
  [{ traceIdField: '' }, "The traceIdField is ''; give a name, or leave it out for the default."],
  [{ spanIdField: 1 }, 'The spanIdField is 1; give a name, or leave it out for the default.'],
  [{ spanLogs: 'yes' }, "The spanLogs is 'yes'; give true or false."],
  [{ prefix: 1 }, 'The prefix is 1; give true or false.'],
])('tells of wrong options: %j', (options, message) => {
  expect(() => instrumentConsole(options as object)()).toThrow(new TypeError(message));
});
