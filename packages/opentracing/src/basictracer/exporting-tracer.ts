import { AsyncLocalStorageScopeManager } from '../scope-managers/async-local-storage.js';
import { BasicTracer } from './basic-tracer.js';
import type { BasicTracerOptions } from './basic-tracer-options.js';
import { BatchRecorder, type BatchRecorderOptions } from './batch-recorder.js';
import type { SpanExporter } from './span-exporter.js';

/** @internal */
export type ExportingTracerOptions = Omit<BasicTracerOptions, 'recorder'> &
  Omit<BatchRecorderOptions, 'exporter'>;

/** @internal */
export type ExportingTracer<E extends SpanExporter> = BasicTracer & {
  readonly recorder: BatchRecorder & { readonly exporter: E };
};

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
    ...options,
    recorder: new BatchRecorder({
      ...options,
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
