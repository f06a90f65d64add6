import { checkFlag, checkMethod } from '../check-method.js';
import { checkOptions } from '../check-options.js';
import { describeValue } from '../describe-value.js';
import { isInPage } from './end-of-page.js';
import type { SpanExporter } from './span-exporter.js';

/** How a `BatchRecorder` works. */
export interface BatchRecorderOptions {
  /** Sends the batches. */
  exporter: SpanExporter;
  /** How many spans wait at most; later ones are dropped and counted. By default 10,000. */
  maxQueueSize?: number | undefined;
  /**
   * How many bytes the texts of their tags and logs take at most, a character counting as one; what then
   * does not fit is dropped and counted. The spans of the first batch in the queue are not weighed, because
   * they are sent at once in a program that is well. `Infinity` is no limit. By default 67,108,864 (64 MiB).
   */
  maxQueueBytes?: number | undefined;
  /**
   * How many spans are sent at once; so many waiting are sent at once. By default 1,000; in a page 100,
   * which makes a request that is small enough to outlive it.
   */
  maxBatchSize?: number | undefined;
  /** How long a span waits at most before it is sent, in milliseconds. By default 1,000. */
  flushIntervalMs?: number | undefined;
  /**
   * How long the exporter may take for a batch, or for each part of one that it sends in parts, in
   * milliseconds; then what is left of the batch counts as failed and may be accepted later. Longer than
   * the exporter's own limit, because a batch that is accepted after all arrives twice. By default 30,000.
   */
  exportTimeoutMs?: number | undefined;
  /**
   * Whether what waits is sent when the program ends: by itself, by `process.exit`, by an error that
   * nobody caught, or by SIGINT or SIGTERM; in a browser when the page is hidden or goes away. The exit
   * status and the program's own handlers are what they would be. A program that ends by itself sees
   * 'beforeExit' a second time when spans were waiting. By default `false` (in `createZipkinTracer`
   * and `createOtlpTracer` `true`).
   */
  flushAtExit?: boolean | undefined;
  /** How long the end of the program may be held up for that, in milliseconds. By default 2,000. */
  exitDeadlineMs?: number | undefined;
  /**
   * Told once when spans cannot be sent or do not fit, and again only after sending has worked; also
   * when spans are lost because the recorder is closed, and once when some come later. By default it is
   * written to the standard error stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

/** @internal */
export const BATCH_RECORDER_OPTIONS: Readonly<Record<keyof BatchRecorderOptions, true>> = {
  exporter: true,
  maxQueueSize: true,
  maxQueueBytes: true,
  maxBatchSize: true,
  flushIntervalMs: true,
  exportTimeoutMs: true,
  flushAtExit: true,
  exitDeadlineMs: true,
  onError: true,
};

/**
 * @internal The options with their defaults.
 *
 * @throws RangeError for a limit that is not a whole number above 0, or a negative time
 * @throws TypeError for an exporter without `export`, for one in the place of the options, and for a
 *   value of another type
 */
export function checkBatchRecorderOptions(options: BatchRecorderOptions) {
  checkOptions('BatchRecorder', options ?? {}, {
    export: 'span exporter; pass it as { exporter }',
  });
  checkMethod('The exporter is', options?.exporter, 'export', 'pass one as { exporter }');
  const { exporter, flushAtExit } = options;
  const maxQueueSize = checkLimit('maxQueueSize', options.maxQueueSize ?? 10_000);
  const batch = options.maxBatchSize ?? (isInPage() ? 100 : 1_000);
  const maxBatchSize = Math.min(checkLimit('maxBatchSize', batch), maxQueueSize);
  const flushIntervalMs = checkTime('flushIntervalMs', options.flushIntervalMs ?? 1_000);
  checkFlag('flushAtExit', flushAtExit);
  return {
    exporter,
    maxQueueSize,
    maxQueueBytes: checkBytes('maxQueueBytes', options.maxQueueBytes ?? 64 * 1024 * 1024),
    maxBatchSize,
    flushIntervalMs,
    flushAtExit: flushAtExit ?? false,
    exitDeadlineMs: checkTime('exitDeadlineMs', options.exitDeadlineMs ?? 2_000),
    exportTimeoutMs: checkTime('exportTimeoutMs', options.exportTimeoutMs ?? 30_000),
  };
}

function checkLimit(name: string, value: number): number {
  if (!Number.isInteger(value) || value < 1) {
    throw new RangeError(
      `${name} is ${describeValue(value)}; it has to be a whole number above 0.`,
    );
  }
  return value;
}

function checkBytes(name: string, value: number): number {
  return value === Number.POSITIVE_INFINITY ? value : checkLimit(name, value);
}

function checkTime(name: string, value: number): number {
  if (!(value >= 0)) {
    throw new RangeError(
      `${name} is ${describeValue(value)}; it has to be a number of milliseconds from 0 upwards.`,
    );
  }
  return value;
}
