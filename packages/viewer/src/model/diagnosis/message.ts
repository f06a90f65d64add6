import type { Span } from '../span.js';

/** Whether a span is a side of a message, both of which go their own ways. */
export function isMessage({ kind }: Span): boolean {
  return kind === 'PRODUCER' || kind === 'CONSUMER';
}
