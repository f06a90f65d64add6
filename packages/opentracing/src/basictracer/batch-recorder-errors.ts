import type { SpanRing } from './span-ring.js';

/** @internal */
export class ClosedRecorderError extends Error {
  constructor(reason: string) {
    super(`Spans are lost because their tracer was closed: ${reason}.`);
    this.name = 'ClosedRecorderError';
  }
}

/** @internal */
export class QueueFullError extends Error {
  constructor({ size, places, weight }: SpanRing) {
    const [full, limit] =
      size === places.length
        ? [`of ${size} spans is full`, 'maxQueueSize']
        : [`is full with ${counted(size)}, whose texts have ${weight} characters`, 'maxQueueBytes'];
    super(
      `The queue ${full}, so spans are being dropped; is the collector slow or away, or ${limit} ` +
        'too small?',
    );
    this.name = 'QueueFullError';
  }
}

/** @internal */
export function counted(spans: number): string {
  return spans === 1 ? '1 span' : `${spans} spans`;
}
