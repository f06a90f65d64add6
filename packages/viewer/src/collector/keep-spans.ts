import { RELAYED_BY } from '../forward/relayed-by.js';
import type { Span } from '../model/span.js';
import type { Added, SpanStore } from '../store/store.js';

/**
 * Keeps the spans of a request; of what another collector relays those that are not here yet.
 * @throws ViewerError as `SpanStore.add` does
 */
export function keepSpans(store: SpanStore, request: Request, spans: readonly Span[]): Added {
  return request.headers.has(RELAYED_BY) ? store.addRelayed(spans) : store.add(spans);
}
