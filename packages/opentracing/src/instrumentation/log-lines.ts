import { checkFlag } from '../check-method.js';
import { describeError } from '../describe-error.js';
import { describeValue } from '../describe-value.js';
import { globalTracer, isGlobalTracerRegistered } from '../global-tracer.js';
import { Logs } from '../logs.js';
import type { Span } from '../span.js';
import { checkInstrumentationOptions, tellMistyped } from './check-instrumentation-options.js';
import { createGuard, type Guard } from './guard.js';
import type { InstrumentationOptions } from './options.js';

/** How log lines and traces find each other. */
export interface LogOptions extends InstrumentationOptions {
  /** The name of the field with the trace id: by default `trace_id`. For Datadog `dd.trace_id`. */
  traceIdField?: string | undefined;
  /** The name of the field with the span id: by default `span_id`. For Datadog `dd.span_id`. */
  spanIdField?: string | undefined;
}

/** How log lines and traces find each other, for loggers whose lines can be span logs by the same part. */
export interface SpanLogOptions extends LogOptions {
  /**
   * Whether each line becomes a log of the active span, too: `event` (`'log'`), `level` and `message`, and
   * for an error `error.object`, `error.kind` and `stack`. Other fields of the line do not, since what
   * the logger takes out of those it writes, passwords say, would not be taken out. By default `false`.
   */
  spanLogs?: boolean | undefined;
}

/** @internal */
export const LOG_OPTIONS: Readonly<Record<keyof LogOptions, true>> = {
  tracer: true,
  onError: true,
  traceIdField: true,
  spanIdField: true,
};

/** @internal */
export const SPAN_LOG_OPTIONS: Readonly<Record<keyof SpanLogOptions, true>> = {
  ...LOG_OPTIONS,
  spanLogs: true,
};

const ELSEWHERE = {
  traceId: 'traceIdField',
  trace_id: 'traceIdField',
  spanId: 'spanIdField',
  span_id: 'spanIdField',
};

/**
 * What every logger does with its lines.
 *
 * @internal
 */
export class LogLines {
  guard: Guard;
  spanLogs: boolean;
  /** The active span; `null` where there is none, no tracer, or one that fails. */
  activeSpan: () => Span | null;
  _options: LogOptions;

  /**
   * @param of - the function that takes the options, for messages
   * @param known - those that it takes
   * @throws TypeError
   */
  constructor(of: string, options: SpanLogOptions, known: Readonly<Record<string, true>>) {
    checkInstrumentationOptions(of, options);
    for (const name of ['traceIdField', 'spanIdField'] as const) {
      const field = options[name];
      if (field !== undefined && (typeof field !== 'string' || field === '')) {
        throw new TypeError(
          `The ${name} is ${describeValue(field)}; give a name, or leave it out for the default.`,
        );
      }
    }
    checkFlag('spanLogs', options.spanLogs);
    tellMistyped(of, options, known, ELSEWHERE);
    this._options = options;
    this.spanLogs = options.spanLogs === true;
    this.guard = createGuard(options.onError);
    const active = this.guard(() => (options.tracer ?? globalTracer()).activeSpan);
    this.activeSpan = () =>
      options.tracer === undefined && !isGlobalTracerRegistered() ? null : (active() ?? null);
  }

  /** The fields of the ids; none for a span that has no ids, as that of the no-op tracer. */
  ids(span: Span): Record<string, string> {
    const context = span.context();
    const traceId = context.toTraceId();
    return traceId === ''
      ? {}
      : {
          [this._options.traceIdField ?? 'trace_id']: traceId,
          [this._options.spanIdField ?? 'span_id']: context.toSpanId(),
        };
  }
}

/** @internal Makes a line a log of a span. */
export function logLine(span: Span, level: string, message: string, error?: unknown): void {
  const {
    [Logs.EVENT]: _event,
    message: ofError,
    ...fields
  } = error === undefined ? {} : describeError(error);
  span.log({
    [Logs.EVENT]: 'log',
    level,
    [Logs.MESSAGE]: message || (ofError ?? ''),
    ...fields,
  });
}
