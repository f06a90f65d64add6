/**
 * Trace and span ids in the lines of winston, and lines as logs of spans.
 *
 * @module
 */
import { formatMessage } from '../format-message.js';
import { LogLines, logLine, type SpanLogOptions } from '../log-lines.js';

export type { LogOptions, SpanLogOptions } from '../log-lines.js';
export type { InstrumentationOptions } from '../options.js';

/** A format of winston (logform), as far as it is used here. */
export interface WinstonFormat {
  /**
   * @param info - the line, to which the fields are added
   * @returns the line
   */
  transform<Info extends object>(info: Info): Info;
}

/** The level as it was called, where a format has coloured it. */
const LEVEL = Symbol.for('level');

/**
 * The format of winston that adds the ids of the active span to each line: in `format.combine`, before the
 * format that writes (`json`, `printf`), and after `splat` and `errors` where lines become span logs.
 * Without an active span a line stays as it is; fields of the same name that the line has stay, too.
 *
 * The format of a logger sees lines of every level, the format of a transport those that it writes: with
 * `spanLogs`, that is where it belongs.
 *
 * @param options - the names of the fields, whether lines become span logs, and the tracer, by default the
 *   global one
 * @throws TypeError when the options are of the wrong kind
 * @example
 * ```ts
 * import winston from 'winston';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const { combine, json } = winston.format;
 * const logger = winston.createLogger({
 *   transports: [
 *     new winston.transports.Console({
 *       format: combine(winstonFormat({ spanLogs: true }), json()),
 *     }),
 *   ],
 * });
 * tracer.withActiveSpan('request', () => logger.info('sold tea'));
 * console.log(tracer.getSpan('request').logs[0]?.fields);
 * ```
 * ```text
 * {"level":"info","message":"sold tea","span_id":"…","trace_id":"…"}
 * { event: 'log', level: 'info', message: 'sold tea' }
 * ```
 */
export function winstonFormat(options: SpanLogOptions = {}): WinstonFormat {
  const lines = new LogLines(options);
  const add = lines.guard((info: object) => {
    const span = lines.activeSpan();
    if (span === null) {
      return;
    }
    for (const [name, id] of Object.entries(lines.ids(span))) {
      if (!(name in info)) {
        (info as Record<string, unknown>)[name] = id;
      }
    }
  });
  const record = lines.guard((info: Readonly<Record<PropertyKey, unknown>>) => {
    const span = lines.activeSpan();
    if (span !== null) {
      const { level, message, error, err, stack } = info;
      const message_ = formatMessage([message ?? '']);
      const failure =
        [info, message, error, err].find((value) => value instanceof Error) ??
        // What format.errors() makes of an error.
        (typeof stack === 'string' ? { message: message_, stack } : undefined);
      logLine(span, String(info[LEVEL] ?? level), message_, failure);
    }
  });
  return {
    transform(info) {
      add(info);
      if (lines.spanLogs) {
        record(info as Readonly<Record<PropertyKey, unknown>>);
      }
      return info;
    },
  };
}
