import { checkMethod } from '../../check-method.js';
import type { Span } from '../../span.js';
import { fillIn, textOf } from '../format-message.js';
import { LogLines, SPAN_LOG_OPTIONS, type SpanLogOptions } from '../log-lines.js';
import { overrideMethod } from '../override-method.js';
import { type Line, levelOf, recordLine } from './line.js';

/** A logger of winston, as far as it is used here. */
export interface WinstonLogger {
  /** Whether it writes nothing at all. */
  silent?: boolean | undefined;
  /** Takes a line; everything that logs calls it, that of children included. */
  write: unknown;
  /** Whether a transport writes lines of a level. */
  isLevelEnabled(level: string): boolean;
}

/** On a line, what was added to it: the program may log an object of its own again elsewhere. */
const ADDED = Symbol('added by opentracing-ts');

/** The values for the placeholders of a message. */
const SPLAT = Symbol.for('splat');

/**
 * Adds the ids of the active span to each line of a logger of winston and of its children, at the moment of
 * the call: whatever its formats and transports do later, and however far behind they are. Without an
 * active span a line stays as it is; fields of the same name that the line has stay, too.
 *
 * With `spanLogs` each line of a level that a transport writes becomes a log of the span, with its text as
 * the program gave it: what formats change or leave out afterwards, they do not in the span.
 *
 * @param logger - what `createLogger` has made
 * @param options - the names of the fields, whether lines become span logs, and the tracer, by default the
 *   global one
 * @returns the logger, whose `write` is traced, once: for a second time nothing happens
 * @throws TypeError when the options are of the wrong kind, or `logger` is none or a child of another
 * @typeParam Logger - the type of the logger, which stays
 * @example
 * ```ts
 * import winston from 'winston';
 *
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const logger = winston.createLogger({
 *   format: winston.format.json(),
 *   transports: [new winston.transports.Console()],
 * });
 * traceWinston(logger, { spanLogs: true });
 * tracer.withActiveSpan('request', () => logger.info('sold tea'));
 * console.log(tracer.getSpan('request').logs[0]?.fields);
 * ```
 * ```text
 * {"level":"info","message":"sold tea","span_id":"…","trace_id":"…"}
 * { event: 'log', level: 'info', message: 'sold tea' }
 * ```
 */
export function traceWinston<Logger extends WinstonLogger>(
  logger: Logger,
  options: SpanLogOptions = {},
): Logger {
  const lines = new LogLines('traceWinston', options, SPAN_LOG_OPTIONS);
  checkMethod('The logger is', logger, 'write', 'pass what createLogger of winston has made');
  if (Object.getOwnPropertyDescriptor(logger, 'write')?.writable === false) {
    throw new TypeError(
      'The logger is the child of another; trace that one, which traces its children.',
    );
  }
  const add = lines.guard((line: Line) => {
    const span = lines.activeSpan();
    takeBack(line);
    if (span === null) {
      return;
    }
    const ids = Object.fromEntries(
      Object.entries(lines.ids(span)).filter(([name]) => !(name in line)),
    );
    Object.assign(line, ids);
    Object.defineProperty(line, ADDED, { value: ids, configurable: true });
    if (lines.spanLogs && logger.silent !== true && logger.isLevelEnabled(levelOf(line))) {
      record(span, line);
    }
  });
  overrideMethod(
    logger,
    'write',
    (write) =>
      function (...args) {
        const [line] = args;
        if (typeof line === 'object' && line !== null) {
          add(line as Line);
        }
        return Reflect.apply(write, this, args);
      },
  );
  return logger;
}

function takeBack(line: Line): void {
  const added = line[ADDED] as Readonly<Record<string, string>> | undefined;
  if (added !== undefined) {
    for (const [name, id] of Object.entries(added)) {
      if (line[name] === id) {
        delete line[name];
      }
    }
    delete line[ADDED];
  }
}

function record(span: Span, line: Line): void {
  const values = line[SPLAT];
  recordLine(span, line, (message) =>
    typeof message === 'string' && Array.isArray(values)
      ? fillIn(message, [...values])
      : textOf(message),
  );
}
