/**
 * Trace and span ids in what a program writes by `console`, and lines as logs of spans. For any runtime.
 *
 * @module
 */
import { checkFlag } from '../../check-method.js';
import { formatMessage } from '../format-message.js';
import { installOnce } from '../install-once.js';
import { LogLines, logLine, SPAN_LOG_OPTIONS, type SpanLogOptions } from '../log-lines.js';
import { overrideMethod } from '../override-method.js';

export type { LogOptions, SpanLogOptions } from '../log-lines.js';
export type { InstrumentationOptions } from '../options.js';

/** What `instrumentConsole` takes. */
export interface ConsoleOptions extends SpanLogOptions {
  /**
   * Whether each line begins with the ids of the active span: `[trace_id=… span_id=…] sold tea`. By
   * default `true`; `false` is for lines that programs read, JSON say, together with `spanLogs`.
   */
  prefix?: boolean | undefined;
}

const CONSOLE_OPTIONS: Readonly<Record<keyof ConsoleOptions, true>> = {
  ...SPAN_LOG_OPTIONS,
  prefix: true,
};

/** The methods that print a line, and their levels. Others, such as `table`, print by these. */
const LEVELS = { debug: 'debug', log: 'info', info: 'info', warn: 'warn', error: 'error' } as const;

/**
 * Adds the ids of the active span to what the program writes by `console.log`, `info`, `warn`, `error` and
 * `debug`, in front, so that `%s` and the like work as before; `table`, `assert` and others that print by
 * these have them too. Without an active span, and without arguments, a line stays as it is.
 *
 * @param options - whether lines begin with ids, whether they become span logs, and the tracer, by default
 *   the global one
 * @returns takes it out again. While it is installed, by whichever copy of this package, installing it
 *   again does nothing.
 * @throws TypeError when the options are of the wrong kind
 * @example
 * ```ts
 * const tracer = new MockTracer(new AsyncLocalStorageScopeManager());
 * setGlobalTracer(tracer);
 *
 * const stop = instrumentConsole();
 * tracer.withActiveSpan('request', () => console.log('sold %s', 'tea'));
 * stop();
 * console.log('bye');
 * ```
 * ```text
 * [trace_id=… span_id=…] sold tea
 * bye
 * ```
 */
export function instrumentConsole(options: ConsoleOptions = {}): () => void {
  const lines = new LogLines('instrumentConsole', options, CONSOLE_OPTIONS);
  checkFlag('prefix', options.prefix);
  return installOnce('console', () => {
    // A tracer may write to the console itself.
    let isInside = false;
    const prepare = lines.guard((level: string, args: unknown[]) => {
      const span = lines.activeSpan();
      if (span === null) {
        return args;
      }
      if (lines.spanLogs) {
        const error = args.find((value) => value instanceof Error);
        logLine(span, level, formatMessage(args), error);
      }
      return options.prefix === false ? args : prefixed(args, lines.ids(span));
    });

    const restores = Object.entries(LEVELS).map(([name, level]) =>
      overrideMethod(
        console,
        name,
        (print) =>
          function (...args) {
            if (isInside || args.length === 0) {
              return Reflect.apply(print, this, args);
            }
            isInside = true;
            let given: unknown[] | undefined;
            try {
              given = prepare(level, args);
            } finally {
              isInside = false;
            }
            return Reflect.apply(print, this, given ?? args);
          },
      ),
    );
    return () => {
      for (const restore of restores) {
        restore();
      }
    };
  });
}

function prefixed(args: unknown[], ids: Record<string, string>): unknown[] {
  const fields = Object.entries(ids).map(([name, id]) => `${name}=${id}`);
  if (fields.length === 0) {
    return args;
  }
  const prefix = `[${fields.join(' ')}]`;
  const [first, ...rest] = args;
  // What is no string is no format; the prefix then stands apart.
  return typeof first === 'string' ? [`${prefix} ${first}`, ...rest] : [prefix, ...args];
}
