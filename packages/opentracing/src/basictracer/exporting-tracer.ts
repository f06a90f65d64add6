import { pickOptions } from '../pick-options.js';
import { AsyncLocalStorageScopeManager } from '../scope-managers/async-local-storage.js';
import { BasicTracer } from './basic-tracer.js';
import { BASIC_TRACER_OPTIONS, type BasicTracerOptions } from './basic-tracer-options.js';
import { BatchRecorder } from './batch-recorder.js';
import { BATCH_RECORDER_OPTIONS, type BatchRecorderOptions } from './batch-recorder-options.js';
import { tellMistyped } from './report-error.js';
import type { SpanExporter } from './span-exporter.js';

/** @internal */
export type ExportingTracerOptions = Omit<BasicTracerOptions, 'recorder'> &
  Omit<BatchRecorderOptions, 'exporter'>;

/** @internal */
export type ExportingTracer<E extends SpanExporter> = BasicTracer & {
  readonly recorder: BatchRecorder & { readonly exporter: E };
};

const { recorder: _recorder, ...TRACER_OPTIONS } = BASIC_TRACER_OPTIONS;
const { exporter: _exporter, ...RECORDER_OPTIONS } = BATCH_RECORDER_OPTIONS;

const ELSEWHERE = {
  recorder: 'new BasicTracer({ recorder })',
  exporter: 'new BasicTracer({ recorder: new BatchRecorder({ exporter }) })',
};

/**
 * Tells of the names that none of the parts knows, once, rather than each part of those of the others.
 *
 * @internal
 */
export function tellMistypedOfAll(
  of: string,
  options: ExportingTracerOptions,
  exporterOptions: Readonly<Record<string, true>>,
): void {
  const known = { ...TRACER_OPTIONS, ...RECORDER_OPTIONS, ...exporterOptions };
  tellMistyped(options.onError, of, options, known, ELSEWHERE);
}

/**
 * The tracer of a program that sends its spans: what waits is sent when the program ends, and the active
 * span is kept through asynchronous code where the runtime has what that needs.
 *
 * @internal
 */
export function exportingTracer<E extends SpanExporter>(
  exporter: E,
  options: ExportingTracerOptions,
): ExportingTracer<E> {
  return new BasicTracer({
    ...pickOptions(options, TRACER_OPTIONS),
    recorder: new BatchRecorder({
      ...pickOptions(options, RECORDER_OPTIONS),
      flushAtExit: options.flushAtExit ?? true,
      exporter,
    }),
    scopeManager:
      options.scopeManager ??
      (AsyncLocalStorageScopeManager.isSupported()
        ? new AsyncLocalStorageScopeManager()
        : undefined),
  }) as ExportingTracer<E>;
}
