import { on, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';

/** What Elastic's agent sends, as far as it is told here. */
interface Event {
  transaction?: { id: string; name: string; type: string; context: { user: unknown } };
  span?: {
    id: string;
    parent_id: string;
    name: string;
    type: string;
    context?: { tags: Record<string, string> };
  };
  error?: { transaction_id: string; exception: { message: string } };
}

/**
 * Runs a program in a page that is traced by Elastic's agent.
 *
 * @param program - the path of a module that has `work(serverUrl, traceparent)`, with the packages
 *   that it imports beside it
 * @param traceparent - the header of the request that the page answers to
 * @returns what the program reports, and what the server of the agent received
 */
export async function runPage(browser: Browser, program: string, traceparent: string) {
  const { outputFiles } = await build({
    entryPoints: [program],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'program',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html').end('<title>page</title>');
    if (request.method === 'POST') server.emit('sent', eventsOf(request));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const page = await browser.newPage();
  try {
    await page.goto(url);
    await page.addScriptTag({ content: outputFiles[0]?.text as string });
    const args = [url, traceparent].map((value) => JSON.stringify(value));
    const sent = on(server, 'sent') as AsyncIterable<[Promise<Event[]>]>;
    const report = await page.evaluate(`program.work(${args})`);
    const events: Event[] = [];
    // The agent sends what it has every half second: first the error, last the transaction.
    for await (const [batch] of sent) {
      events.push(...(await batch));
      if (events.some(({ transaction }) => transaction)) break;
    }
    return { report, ...told(events) };
  } finally {
    await page.close();
    server.close();
  }
}

async function eventsOf(request: IncomingMessage): Promise<Event[]> {
  const body = await buffer(request);
  const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const lines = text.toString().trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Event);
}

/** The events without their ids: parents by their names. */
function told(events: readonly Event[]) {
  const names = new Map<string | undefined, string>();
  for (const { transaction, span } of events) {
    const named = transaction ?? span;
    if (named) names.set(named.id, named.name);
  }
  const transaction = events.find((event) => event.transaction)?.transaction;
  const error = events.find((event) => event.error)?.error;
  const spans = events.flatMap((event) => event.span ?? []);
  return {
    transaction: {
      name: transaction?.name,
      type: transaction?.type,
      user: transaction?.context.user,
    },
    spans: Object.fromEntries(
      spans.map(({ name, parent_id, type, context }) => [
        name,
        { parent: names.get(parent_id), type, ...(context && { tags: context.tags }) },
      ]),
    ),
    error: { message: error?.exception.message, transaction: names.get(error?.transaction_id) },
  };
}
