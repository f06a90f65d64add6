import type { TraceLine } from '../../model/trace-line.js';
import { apiQuery, everything } from '../search/query.js';

/** How it stands with the connection; `refused` is the sentence with which the collector refused it. */
export type TailState = 'connecting' | 'connected' | 'reconnecting' | { refused: string };

/** Who listens to the traces that come. */
export interface Listener {
  /** The id of the last event, to go on after it; empty to begin with now. */
  lastEventId(): string;
  change(state: TailState): void;
  /** @param line of a trace that came, or none for an event that only says how far it is */
  receive(id: string, line: TraceLine | undefined): void;
}

/** When a connection is tried again that the browser itself has given up, in milliseconds. */
const retry = 3_000;

/**
 * Listens to the traces that come and that the search finds, while the page is looked at: a browser has few
 * connections to one server, and a page in the background catches up when it is looked at again.
 * @returns a function that ends it
 */
export function tail(search: string, listener: Listener): () => void {
  let source: EventSource | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = undefined;
  };
  const open = () => {
    close();
    if (document.hidden) return;
    const address = addressOf(search, listener.lastEventId());
    const opened = new EventSource(address);
    source = opened;
    opened.addEventListener('open', () => listener.change('connected'));
    opened.addEventListener('start', ({ lastEventId }) => {
      listener.receive(lastEventId, undefined);
    });
    opened.addEventListener('message', ({ lastEventId, data }: MessageEvent<string>) => {
      listener.receive(lastEventId, JSON.parse(data));
    });
    opened.addEventListener('error', () => {
      // Otherwise the browser comes back by itself.
      if (opened.readyState === EventSource.CLOSED) void wait(opened, address);
      else listener.change('reconnecting');
    });
  };
  const wait = async (refusedBy: EventSource, address: string) => {
    timer = setTimeout(open, retry);
    const refused = await reasonOf(address);
    if (source !== refusedBy) return;
    listener.change(refused === undefined ? 'reconnecting' : { refused });
  };
  listener.change('connecting');
  open();
  document.addEventListener('visibilitychange', open);
  return () => {
    document.removeEventListener('visibilitychange', open);
    close();
  };
}

function addressOf(search: string, lastEventId: string): string {
  const params = new URLSearchParams(apiQuery({ ...everything, annotationQuery: search }, 1));
  // What comes has no time range.
  for (const name of ['endTs', 'lookback', 'limit']) params.delete(name);
  if (lastEventId !== '') params.set('lastEventId', lastEventId);
  return `/api/tail?${params}`;
}

/** Why the collector refuses, which an EventSource does not tell. */
async function reasonOf(address: string): Promise<string | undefined> {
  const stop = new AbortController();
  try {
    const response = await fetch(address, { signal: stop.signal });
    return response.ok ? undefined : (await response.text()).trim().slice(0, 500);
  } catch {
    return undefined;
  } finally {
    stop.abort();
  }
}
