import type { Handler } from 'hono';
import { BadRequestError } from '../errors.js';
import { lineOf } from '../model/trace-line.js';
import { type Patience, TraceFollower } from '../store/follow.js';
import type { TraceQuery } from '../store/query.js';
import type { SpanStore } from '../store/store.js';
import { parseTraceQuery } from './params.js';

/** How often the file is looked at while somebody listens, in milliseconds. */
const POLL = 200;
/** How long the listeners together keep others waiting at a time, in milliseconds. */
const TURN = 20;
/** A trace is told again when more of it comes, so nobody has to wait until it is whole. */
const PATIENCE: Patience = { quiet: 250, longest: 1_000 };
/** How often a listener hears something, in milliseconds. */
const HEARTBEAT = 15_000;
/** When a listener whose connection broke comes back, in milliseconds. */
const RETRY = 2_000;
const MOST_LISTENERS = 100;

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  // Once the stream has ended, nothing keeps the server from closing.
  Connection: 'close',
};

/**
 * `GET /api/tail`: the traces that come and match, as server-sent events, each a `TraceLine` in JSON. The
 * parameters are those of `GET /api/v2/traces`, of which the time and the limit are left aside. The header
 * `Last-Event-ID`, or the parameter `lastEventId` for whoever cannot send it, goes on after that event;
 * otherwise it begins with what comes from now on.
 */
export function answerTail(tail: Tail): Handler {
  return (c) => {
    const query = parseTraceQuery((name) => c.req.query(name), Date.now());
    const after = parseEventId(c.req.header('last-event-id') ?? c.req.query('lastEventId'));
    if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);
    if (!tail.hasRoom) {
      return c.text(`${MOST_LISTENERS} listeners follow the traces already: close one`, 503);
    }
    return c.body(tail.listen(query, after), 200, HEADERS);
  };
}

/** @throws BadRequestError when it is no place in the file */
function parseEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const id = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) {
    throw new BadRequestError(
      'Last-Event-ID must be a whole number, as an event of the tail has it',
    );
  }
  return id;
}

/** Who listens, how far each has come, and when it last heard something. */
interface Listener {
  follower: TraceFollower;
  stream: ReadableStreamDefaultController<Uint8Array>;
  heard: number;
}

/**
 * Looks for new spans on behalf of all that listen, and not at all while nobody does. Other processes add
 * spans to the same file, so it has to look.
 */
export class Tail {
  /** Who has waited the longest comes first. @internal */
  readonly _listeners = new Set<Listener>();
  /** @internal */
  readonly _store: SpanStore;
  /** @internal */
  readonly _encoder = new TextEncoder();
  /** @internal */
  _timer: NodeJS.Timeout | undefined;

  constructor(store: SpanStore) {
    this._store = store;
  }

  /** Whether one more may listen. */
  get hasRoom(): boolean {
    return this._listeners.size < MOST_LISTENERS;
  }

  /**
   * The events for one listener. A slow one is read for as fast as it takes them: nothing is kept for it but
   * its place in the file.
   * @param after the place in the file to begin after; by default the newest
   * @throws ViewerError with one sentence when the file cannot be read
   */
  listen(query: TraceQuery, after: number | undefined): ReadableStream<Uint8Array> {
    const follower = new TraceFollower(this._store, query, PATIENCE, after);
    let listener: Listener;
    return new ReadableStream<Uint8Array>({
      start: (stream) => {
        listener = { follower, stream, heard: performance.now() };
        this._listeners.add(listener);
        this._send(listener, `retry: ${RETRY}\nevent: start\nid: ${follower.cursor}\ndata:\n\n`);
        this._wait(POLL);
      },
      cancel: () => this._forget(listener),
    });
  }

  /** Ends all streams. */
  close(): void {
    for (const listener of this._listeners) this._end(listener);
  }

  /** @internal */
  _wait(milliseconds: number): void {
    this._timer ??= setTimeout(() => {
      this._timer = undefined;
      const isBehind = this._look();
      if (this._listeners.size > 0) this._wait(isBehind ? TURN : POLL);
    }, milliseconds);
  }

  /** One turn. @returns whether there is more to do at once @internal */
  _look(): boolean {
    const end = performance.now() + TURN;
    let isBehind = false;
    let newest: number;
    try {
      newest = this._store.newestCursor();
    } catch {
      // They come back, and are then told what is wrong with the file.
      this.close();
      return false;
    }
    for (const listener of [...this._listeners]) {
      if (performance.now() >= end) return true;
      // Until the connection has taken what it was given.
      if ((listener.stream.desiredSize ?? 0) <= 0) continue;
      this._listeners.delete(listener);
      this._listeners.add(listener);
      try {
        if (this._serve(listener, newest, end)) isBehind = true;
      } catch {
        this._end(listener);
      }
    }
    return isBehind;
  }

  /** @returns whether there is more to do at once @internal */
  _serve(listener: Listener, newest: number, end: number): boolean {
    const { follower } = listener;
    let events = '';
    let isBehind = false;
    if (!follower.isIdle(newest)) {
      isBehind = follower.read(performance.now());
      for (const spans of follower.due(performance.now())) {
        events += `id: ${follower.cursor}\ndata: ${JSON.stringify(lineOf(spans))}\n\n`;
        if (performance.now() < end) continue;
        isBehind = true;
        break;
      }
    }
    const isSilent = performance.now() - listener.heard >= HEARTBEAT;
    // Its place as well: much may have come that it did not ask for.
    if (events === '' && isSilent) events = `: alive\nid: ${follower.cursor}\n\n`;
    if (events !== '') this._send(listener, events);
    return isBehind;
  }

  /** @internal */
  _send(listener: Listener, text: string): void {
    listener.heard = performance.now();
    listener.stream.enqueue(this._encoder.encode(text));
  }

  /** @internal */
  _end(listener: Listener): void {
    this._forget(listener);
    listener.stream.close();
  }

  /** @internal */
  _forget(listener: Listener): void {
    this._listeners.delete(listener);
    if (this._listeners.size > 0) return;
    clearTimeout(this._timer);
    this._timer = undefined;
  }
}
