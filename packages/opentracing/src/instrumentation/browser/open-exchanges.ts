import { onPageGone } from '../../page-gone.js';
import type { ClientExchange } from '../client-exchange.js';
import { outOfZones } from '../in-background.js';

/** The exchanges of a page that are not over. */
export interface OpenExchanges {
  add(exchange: ClientExchange): void;
  /** Forgets them. */
  stop(): void;
}

/**
 * Finishes the spans of a page that goes away, before whoever sends them hears of it: what the page was
 * waiting for it will not hear.
 *
 * Source: HTML, "unload a document".
 *
 * @internal
 */
export function openExchanges(): OpenExchanges {
  const open = new Set<ClientExchange>();
  const onGone = () => {
    for (const exchange of open) {
      if (exchange.answeredAt > 0 && !exchange.isRead) {
        exchange.onUnread();
      } else {
        exchange.end('aborted', 'the page went away before the response was complete');
      }
    }
  };
  const stopListening = outOfZones(() => onPageGone(onGone));
  return {
    add(exchange) {
      open.add(exchange);
      exchange.onFinished = () => open.delete(exchange);
    },
    stop() {
      open.clear();
      stopListening();
    },
  };
}
