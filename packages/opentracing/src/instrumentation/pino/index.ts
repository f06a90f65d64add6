/**
 * Trace and span ids in the lines of pino, and lines as logs of spans.
 *
 * @module
 */
import { fillIn, textOf } from '../format-message.js';
import { LOG_OPTIONS, LogLines, type LogOptions, logLine } from '../log-lines.js';
import type { InstrumentationOptions } from '../options.js';

export type { LogOptions } from '../log-lines.js';
export type { InstrumentationOptions } from '../options.js';

const METHOD_OPTIONS: Readonly<Record<keyof InstrumentationOptions, true>> = {
  tracer: true,
  onError: true,
};

/** A logger of pino, as far as it is used here. */
export interface PinoLike {
  /** The names of the levels by their numbers. */
  readonly levels: { readonly labels: Readonly<Record<number, string>> };
  /** What its texts begin with, if it is a child that has something of that kind. */
  readonly msgPrefix?: string | undefined;
}

/**
 * The `mixin` of pino that adds the ids of the active span to each line. Without an active span a line stays
 * as it is; fields of the same name that the program itself logs win.
 *
 * A program with a mixin of its own calls both: `mixin: (...args) => ({ ...own(...args), ...ids() })`.
 *
 * @param options - the names of the fields, and the tracer, by default the global one
 * @returns for the option `mixin` of `pino`, and of `logger` in fastify
 * @throws TypeError when the options are of the wrong kind
 * @example
 * ```ts
 * import { pino } from 'pino';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const logger = pino({ mixin: pinoMixin(), base: null, timestamp: false });
 * tracer.withActiveSpan('request', () => logger.info('sold %s', 'tea'));
 * logger.info('bye');
 * ```
 * ```text
 * {"level":30,"trace_id":"…","span_id":"…","msg":"sold tea"}
 * {"level":30,"msg":"bye"}
 * ```
 */
export function pinoMixin(options: LogOptions = {}): () => Record<string, string> {
  const lines = new LogLines('pinoMixin', options, LOG_OPTIONS);
  const ids = lines.guard(() => {
    const span = lines.activeSpan();
    return span === null ? {} : lines.ids(span);
  });
  // A new object each time: pino writes into it.
  return () => ids() ?? {};
}

/**
 * The hook of pino that makes each line, of a level which is written, a log of the active span, too: `event`
 * (`'log'`), `level` and `message`, and for an error `error.object`, `error.kind` and `stack`. Other fields
 * of the line do not, since what pino takes out of those it writes (`redact`) would not be taken out.
 *
 * @param options - the tracer, by default the global one
 * @returns for `hooks: { logMethod }` of `pino`
 * @throws TypeError when the options are of the wrong kind
 * @example
 * ```ts
 * import { pino } from 'pino';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const logger = pino({ hooks: { logMethod: pinoLogMethod() } }, { write() {} });
 * tracer.withActiveSpan('request', () => logger.warn({ password: 'x' }, 'sold %s', 'tea'));
 * console.log(tracer.getSpan('request').logs[0]?.fields);
 * ```
 * ```text
 * { event: 'log', level: 'warn', message: 'sold tea' }
 * ```
 */
export function pinoLogMethod(
  options: InstrumentationOptions = {},
): (
  this: PinoLike,
  args: readonly unknown[],
  method: (...args: never[]) => unknown,
  level: number,
) => void {
  const lines = new LogLines('pinoLogMethod', options, METHOD_OPTIONS);
  const record = lines.guard((logger: PinoLike, args: readonly unknown[], level: number) => {
    const span = lines.activeSpan();
    if (span !== null) {
      const { message, error } = messageOf(logger, args);
      logLine(span, logger.levels.labels[level] ?? String(level), message, error);
    }
  });
  return function logMethod(args, method, level) {
    record(this, args, level);
    Reflect.apply(method, this, args);
  };
}

/**
 * pino takes a text with values for its placeholders, or an object and the same; an error may be that
 * object, or its `err`. Values without a placeholder are not written, so they are left out here, too.
 */
function messageOf(
  logger: PinoLike,
  args: readonly unknown[],
): { message: string; error: unknown } {
  const [first] = args;
  const isObject = typeof first === 'object' && first !== null;
  const [text, ...values] = isObject || first == null ? args.slice(1) : args;
  const { err, msg } = (isObject ? first : {}) as { err?: unknown; msg?: unknown };
  const error = [first, err].find((value) => value instanceof Error);
  if (text === undefined) {
    return { message: typeof msg === 'string' ? msg : '', error };
  }
  const message = typeof text === 'string' ? fillIn(text, values) : textOf(text);
  return { message: (logger.msgPrefix ?? '') + message, error };
}
