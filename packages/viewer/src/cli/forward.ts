import type { Collector } from '../collector/start.js';
import { BadRequestError } from '../errors.js';
import { type Receiver, receiverAt } from '../forward/receiver.js';
import { Relay } from '../forward/relay.js';
import { SpanStore } from '../store/store.js';
import { count } from '../terminal/format.js';
import { safeText } from '../terminal/text.js';

/** How long the end waits for what is still to be sent, in milliseconds. */
const CLOSE_TIMEOUT = 5_000;

/** What is told of the receiver. */
export interface ForwardOptions {
  /** Where to relay the spans to. */
  to: URL;
  /** Sent with every request. Default: none. */
  header?: Readonly<Record<string, string>>;
}

/** A relay that is under way. */
export interface Forwarding {
  /** The receiver's address, as it may be shown. */
  readonly name: string;
  /** Sends the rest, and says on stderr what was relayed. */
  close(): Promise<void>;
}

/**
 * Relays what a collector's file gets to a receiver, whichever process writes it.
 * @throws BadRequestError when the receiver is this collector
 */
export function startForwarding(collector: Collector, options: ForwardOptions): Forwarding {
  const receiver = receiverAt(options.to, options.header ?? {});
  refuseCircle(receiver, collector);
  const store = new SpanStore(collector.db);
  const queue = store.relayQueue(receiver.name);
  const relay = new Relay({ queue, receiver, say });
  return {
    name: receiver.name,
    async close() {
      try {
        await relay.close(CLOSE_TIMEOUT);
        say(summaryOf(relay, receiver, queue.length));
      } finally {
        store.close();
      }
    },
  };
}

function refuseCircle(receiver: Receiver, { url }: Collector): void {
  const { hostname, port } = new URL(receiver.name);
  const own = new URL(url);
  const names = [own.hostname, 'localhost', '127.0.0.1', '[::1]'];
  if (port !== own.port || !names.includes(hostname)) return;
  throw new BadRequestError(
    `--to ${receiver.name} is this collector itself: choose another port by --port`,
  );
}

function summaryOf({ sent, refused, deleted }: Relay, { name }: Receiver, waiting: number): string {
  return [
    `relayed ${count(sent, 'span')} to ${name}`,
    ...(refused === 0 ? [] : [`${refused} refused`]),
    ...(deleted === 0 ? [] : [`${deleted} deleted before it took them`]),
    ...(waiting === 0 ? [] : [`${waiting} wait in the file for the next start`]),
  ].join(', ');
}

function say(sentence: string): void {
  process.stderr.write(`opentracing-viewer: ${safeText(sentence)}\n`);
}
