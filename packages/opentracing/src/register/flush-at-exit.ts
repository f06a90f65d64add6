import { isMainThread } from 'node:worker_threads';
import type { BasicSpan, BatchRecorder } from '../basictracer/index.js';
import { encodeZipkinJson } from '../exporters/index.js';
import { sendAndWait } from './send-and-wait.js';

/** Where to send what is left when the process ends. */
export interface ExitFlushOptions {
  recorder: BatchRecorder;
  serviceName: string;
  url: string;
  /** Told, in one sentence, when spans are lost. */
  warn(sentence: string): void;
}

const DEADLINE_MS = 1_000;
const BATCH_SIZE = 1_000;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Sends the spans that wait in the recorder when the process ends: by itself, by `process.exit`, by an
 * error that nobody caught, or by SIGINT or SIGTERM. The process waits for that, for a second at most,
 * and not at all when nothing waits or the collector is known to be away.
 *
 * Not by 'beforeExit', whose asynchronous work would make the program see that event twice. Nothing can
 * be sent when the process is killed (SIGKILL) or crashes in native code.
 *
 * @internal
 */
export function flushAtExit(options: ExitFlushOptions): void {
  const flush = () => {
    try {
      sendWaiting(options);
    } catch (error) {
      options.warn(`The last spans could not be sent: ${(error as Error).message}`);
    }
  };
  process.on('exit', flush);
  if (isMainThread) {
    for (const signal of SIGNALS) {
      flushAtSignal(signal, flush);
    }
  }
}

/**
 * A signal that the program does not handle ends the process as it would without us. One that it does
 * handle is its own business, and its handlers do not find ours beside them: there are some, such as
 * those of the package signal-exit, that end the process only when they are alone.
 */
function flushAtSignal(signal: NodeJS.Signals, flush: () => void): void {
  const onSignal = () => {
    const isHandled = process.listenerCount(signal) > 1;
    flush();
    process.off(signal, onSignal);
    if (isHandled) {
      setImmediate(() => process.prependListener(signal, onSignal)).unref();
    } else {
      process.kill(process.pid, signal);
    }
  };
  process.on(signal, onSignal);
}

function sendWaiting({ recorder, serviceName, url, warn }: ExitFlushOptions): void {
  const spans = waitingSpans(recorder);
  if (spans.length === 0 || recorder._failures > 0) {
    return;
  }
  const bodies: Uint8Array[] = [];
  for (let i = 0; i < spans.length; i += BATCH_SIZE) {
    bodies.push(encodeZipkinJson(spans.slice(i, i + BATCH_SIZE), { serviceName }).slice());
  }
  if (sendAndWait(url, 'application/json', bodies, DEADLINE_MS)) {
    recorder._remove(recorder._queued);
  } else {
    // Not tried again at a later of these moments.
    recorder._failures += 1;
    warn(`${spans.length} spans were lost at the end of the process: ${url} did not take them.`);
  }
}

/** Those being sent just now included: a collector takes a span twice without harm. */
function waitingSpans({ _ring: ring, _start: start, _queued: queued }: BatchRecorder): BasicSpan[] {
  return Array.from({ length: queued }, (_, i) => ring[(start + i) % ring.length] as BasicSpan);
}
