import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { codeOf, messageOf, ViewerError } from '../errors.js';
import { defaultDatabasePath } from '../store/default-path.js';
import { type Added, SpanStore } from '../store/store.js';
import { createApp } from './app.js';
import { checkLimits, keepWithin } from './retention.js';
import { Tail } from './tail.js';

/** The port that Zipkin listens on, where exporters send to by default. */
export const DEFAULT_PORT = 9411;
const DEFAULT_HOST = '127.0.0.1';
/** How many ports after the wanted one are tried. */
const PORTS_TRIED = 100;
const MAX_PORT = 65_535;
/** How long `close` waits for requests that are under way, in milliseconds. */
const CLOSE_TIMEOUT = 2_000;

/** What `startCollector` may be told. */
export interface CollectorOptions {
  /**
   * The port to listen on, or when it is taken the next free one after it; 0 is any free one. By
   * default 9411.
   */
  port?: number;
  /** The name or address to listen on. Default `127.0.0.1`, which only this machine reaches. */
  host?: string;
  /**
   * The SQLite file, made with its folder when missing. Default: `opentracing-viewer/traces.db`
   * under the user's state folder.
   */
  db?: string;
  /**
   * How large the file may become, in bytes, at least a million. Default: 1 GiB; Infinity for any
   * size. Before it is reached whole traces are deleted, those that arrived first before the others.
   */
  maxBytes?: number;
  /**
   * How long a trace is kept after its last span arrived, in milliseconds, whatever the times in it
   * say. Default: 30 days; Infinity for ever.
   */
  maxAgeMs?: number;
  /**
   * The tags whose values `GET /api/v2/autocompleteValues` answers, in order, for clients that
   * complete what is typed. Default: none.
   */
  autocompleteKeys?: readonly string[];
}

/** A collector that is listening. */
export interface Collector {
  /** Address of the web page and the API, without a slash at its end. */
  readonly url: string;
  /** The port that it listens on. */
  readonly port: number;
  /** Absolute path of the SQLite file. */
  readonly db: string;
  /** What this collector has added to the file since it started. */
  readonly added: Readonly<Added>;
  /** Finishes the requests under way (for two seconds at most), and closes the file. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the collector in this process: it takes spans at `POST {url}/api/v2/spans` and
 * `POST {url}/v1/traces`, keeps them in
 * an SQLite file, and answers Zipkin's query API and the web page.
 *
 * @example
 * ```ts
 * const collector = await startCollector({ port: 0, db: './traces.db' });
 * console.log(`send spans to ${collector.url}/api/v2/spans`);
 * await collector.close();
 * ```
 *
 * @throws ViewerError with one sentence when no port is free, the file cannot be used, or an option
 * has no meaning
 */
export async function startCollector(options: CollectorOptions = {}): Promise<Collector> {
  const host = options.host ?? DEFAULT_HOST;
  const limits = checkLimits(options);
  const store = new SpanStore(options.db ?? defaultDatabasePath());
  const retention = keepWithin(store, limits);
  try {
    const added: Added = { spans: 0, traces: 0, errors: 0 };
    const tail = new Tail(store);
    const app = createApp({
      store,
      tail,
      host,
      autocompleteKeys: options.autocompleteKeys ?? [],
      onAdded(more) {
        added.spans += more.spans;
        added.traces += more.traces;
        added.errors += more.errors;
        retention.makeRoom(more.spans);
      },
    });
    const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
    const port = await listen(server, host, options.port);
    let closing: Promise<void> | undefined;
    return {
      url: `http://${reachable(host)}:${port}`,
      port,
      db: store.path,
      added,
      close() {
        closing ??= closeServer(server, tail).finally(() => {
          retention.stop();
          store.close();
        });
        return closing;
      },
    };
  } catch (error) {
    retention.stop();
    store.close();
    throw error;
  }
}

/** @returns the port on which the server now listens: the wanted one, or the next free one */
async function listen(server: Server, host: string, port = DEFAULT_PORT): Promise<number> {
  const last = Math.min(port + PORTS_TRIED, MAX_PORT);
  for (let candidate = port; candidate <= last; candidate += 1) {
    try {
      server.listen(candidate, host);
      await once(server, 'listening');
      const address = server.address();
      return typeof address === 'object' && address !== null ? address.port : candidate;
    } catch (error) {
      if (codeOf(error) !== 'EADDRINUSE') {
        throw new ViewerError(`cannot listen on ${host}:${candidate}: ${whyNot(error)}`);
      }
    }
  }
  throw new ViewerError(`ports ${port} to ${last} are all taken: choose another one by --port`);
}

function whyNot(error: unknown): string {
  const code = codeOf(error);
  return code === 'ENOTFOUND' || code === 'EADDRNOTAVAIL'
    ? 'this machine has no such name or address; leave --host out, or give one of its own'
    : messageOf(error);
}

/** The address at which programs on this machine reach a server that listens on `host`. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return DEFAULT_HOST;
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

async function closeServer(server: Server, tail: Tail): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  // Those that go on by themselves; nobody new can come.
  tail.close();
  const timer = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT);
  await closed;
  clearTimeout(timer);
}
