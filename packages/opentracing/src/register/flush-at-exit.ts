import { isMainThread } from 'node:worker_threads';
import type { BasicTracer, BatchRecorder } from '../basictracer/index.js';
import { onUnhandledSignal } from '../basictracer/unhandled-signal.js';

/** Where to send what is left when the process ends. */
export interface ExitFlushOptions {
  /** A tracer with a `BatchRecorder`. */
  tracer: BasicTracer;
  /** Told, in one sentence, when that fails. */
  warn(sentence: string): void;
  /** Called first, for what is recorded only then. */
  before?: (() => void) | undefined;
}

const DEADLINE_MS = 1_000;

/**
 * Sends the spans that wait in the recorder when the process ends: by itself, by `process.exit`, by an
 * error that nobody caught, or by SIGINT or SIGTERM that the program does not handle. The process waits for that, for a second at most,
 * and not at all when nothing waits or the collector is known to be away.
 *
 * Until the first span the process has no handlers of ours for signals: with one, Node can not be stopped
 * by a signal while it is busy.
 *
 * Not by 'beforeExit', whose asynchronous work would make the program see that event twice. Nothing can
 * be sent when the process is killed (SIGKILL) or crashes in native code.
 *
 * @internal
 */
export function flushAtExit(options: ExitFlushOptions): void {
  const { tracer } = options;
  const recorder = tracer._recorder as BatchRecorder;
  const flush = () => {
    try {
      options.before?.();
      recorder._sendWithoutLoop(DEADLINE_MS, true);
    } catch (error) {
      options.warn(`The last spans could not be sent: ${(error as Error).message}`);
    }
  };
  process.on('exit', flush);
  if (isMainThread) {
    atFirstSpan(tracer, recorder, () => {
      onUnhandledSignal(process, (raise) => {
        flush();
        raise();
      });
    });
  }
}

/** Stands in front of the recorder until the first span comes. */
function atFirstSpan(tracer: BasicTracer, recorder: BatchRecorder, action: () => void): void {
  tracer._recorder = {
    recordSpan(span) {
      tracer._recorder = recorder;
      action();
      recorder.recordSpan(span);
    },
    close: () => recorder.close(),
  };
}
