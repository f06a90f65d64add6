import {
  type BasicSpan,
  BasicTracer,
  BatchRecorder,
  type BatchRecorderOptions,
  type BatchRecorderStats,
  ExportError,
} from 'opentracing-ts/basictracer';
import { vi } from 'vitest';

/** Whether every span is counted once. */
export const invariant = (stats: BatchRecorderStats) => {
  const { recorded, exported, spooled = 0, dropped, queued } = stats;
  return recorded === exported + spooled + dropped + queued;
};

export const namesOf = (spans: readonly BasicSpan[]) => spans.map((span) => span.operationName);

/** An exporter whose calls the test settles by hand. */
export class ManualExporter {
  calls: { names: string[]; accept(): void; refuse(error: Error): void }[] = [];

  export(spans: readonly BasicSpan[]): Promise<void> {
    return new Promise((accept, refuse) => {
      this.calls.push({ names: namesOf(spans), accept, refuse });
    });
  }

  async call(index: number) {
    return vi.waitUntil(() => this.calls[index]);
  }
}

/** An exporter that the test answers for; it keeps what was asked and what was accepted. */
export function answering(answer: (names: string[]) => Error | null) {
  const asked: string[] = [];
  const accepted: string[] = [];
  const exporter = {
    async export(spans: readonly BasicSpan[]) {
      const names = namesOf(spans);
      asked.push(names.join(''));
      const error = answer(names);
      if (error !== null) {
        throw error;
      }
      accepted.push(...names);
    },
  };
  return { asked, accepted, exporter };
}

/** A recorder, what it tells of, and a tracer that records spans by their names. */
export function batching(options: Partial<BatchRecorderOptions> = {}) {
  const exporter = new ManualExporter();
  const errors: Error[] = [];
  const recorder = new BatchRecorder({
    exporter,
    flushIntervalMs: 1,
    onError: (error) => errors.push(error),
    ...options,
  });
  const tracer = new BasicTracer({ recorder });
  const record = (...names: string[]) => {
    for (const name of names) {
      tracer.startSpan(name).finish();
    }
  };
  return { exporter, errors, recorder, tracer, record };
}

/** The collector refuses whole batches for good, for one bad span or for their size. */
export const divisible = () => new ExportError('400', { retryable: false, divisible: true });
