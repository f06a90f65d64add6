import { textOf } from '../format-message.js';
import { LogLines, SPAN_LOG_OPTIONS, type SpanLogOptions } from '../log-lines.js';
import { type Line, recordLine } from './line.js';

/** A format of winston (logform), as far as it is used here. */
export interface WinstonFormat {
  /**
   * @param info - the line, to which the fields are added
   * @returns the line
   */
  transform<Info extends object>(info: Info): Info;
}

/**
 * The format of winston that adds the ids of the active span to each line: in `format.combine`, before the
 * format that writes (`json`, `printf`), and after `splat` and `errors` where lines become span logs.
 * Without an active span a line stays as it is; fields of the same name that the line has stay, too.
 *
 * The format of a logger sees lines of every level, the format of a transport those that it writes: with
 * `spanLogs`, that is where it belongs.
 *
 * The limit: winston keeps lines for a transport that is behind, as one to a file or over the network may
 * be, and formats them later, while something else is active. `traceWinston` looks at the moment of the
 * call instead; fields that it has added stay as they are.
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
  const lines = new LogLines('winstonFormat', options, SPAN_LOG_OPTIONS);
  const add = lines.guard((info: Line) => {
    const span = lines.activeSpan();
    if (span === null) {
      return;
    }
    for (const [name, id] of Object.entries(lines.ids(span))) {
      if (!(name in info)) {
        info[name] = id;
      }
    }
  });
  const record = lines.guard((info: Line) => {
    const span = lines.activeSpan();
    if (span !== null) {
      recordLine(span, info, textOf);
    }
  });
  return {
    transform(info) {
      add(info as Line);
      if (lines.spanLogs) {
        record(info as Line);
      }
      return info;
    },
  };
}
