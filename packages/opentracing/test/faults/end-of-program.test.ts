import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { refusedUrl, start } from '../register-helpers.js';
import { segmentsIn } from '../spool-helpers.js';
import { spansOf, startCollector } from './collector.js';
import { addRow, arrived } from './table.js';

interface Ending {
  /** Its exit status, or the signal that ended it. */
  ended: number | string;
  /** The signal that it is sent when it is ready. */
  signal?: NodeJS.Signals;
  /** What it has recorded. */
  spans?: string[];
  /** Whether there is no waiting for the event loop. */
  isSudden?: boolean;
}

const ENDINGS: Record<string, Ending> = {
  'by itself': { ended: 0 },
  'by itself, with a status': { ended: 7 },
  'by itself, while a batch is on its way': { ended: 0, spans: ['work', 'second'] },
  'by process.exit': { ended: 3, isSudden: true },
  'by process.exit, after a batch': { ended: 3, spans: ['work', 'second'], isSudden: true },
  'by an error': { ended: 1, isSudden: true },
  'by a signal': { ended: 'SIGTERM', signal: 'SIGTERM' },
  'by its own handler': { ended: 5, signal: 'SIGTERM', isSudden: true },
  'by its own handler, which lets it end by itself': { ended: 0, signal: 'SIGTERM' },
  'by its own handler, at once': { ended: 6, signal: 'SIGTERM', isSudden: true },
  'by a handler that raises the signal when it is alone': {
    ended: 'SIGTERM',
    signal: 'SIGTERM',
    isSudden: true,
  },
};

/** Starts the program and sees it to its end. */
async function end(
  url: string,
  ending: string,
  signal: NodeJS.Signals | undefined,
  options: object = {},
) {
  const program = start(['ending.mjs', url, ending, JSON.stringify(options)], {}, []);
  if (signal !== undefined) {
    await program.says('ready');
    program.child.kill(signal);
  }
  const ended = await program.ended;
  return { ended, ...program.output };
}

/** A collector that answers so what has a span named 'bad' among others. */
const startRefusing = (status: number) =>
  startCollector((exchange) => {
    const spans = spansOf(exchange.body, exchange.headers);
    if (spans.some(({ name }) => name === 'bad')) {
      exchange.refuse(status);
    } else {
      exchange.accept();
    }
  });

const WAIT = { timeout: 15_000 };
// Longer than a test: nothing but the end of the program sends these spans.
const options = { flushIntervalMs: 60_000 };

describe('a program with createZipkinTracer', () => {
  for (const [ending, { ended, signal, spans = ['work'] }] of Object.entries(ENDINGS)) {
    it(`that ends ${ending} does so as it would, and its spans arrive once`, async (context) => {
      const { url, names } = await startCollector();
      expect(await end(url, ending, signal, options)).toMatchObject({ ended });
      addRow(context, {
        fault: `the program ends ${ending}`,
        recorded: spans.length,
        ...arrived(names),
        dropped: 0,
      });
      expect(names).toEqual(spans);
    });
  }

  for (const [ending, { ended, signal, spans = ['work'], isSudden }] of Object.entries(ENDINGS)) {
    if (!isSudden) {
      it(`that ends ${ending} waits for any transport`, async () => {
        const program = await end('slow', ending, signal, options);
        expect(program.ended).toBe(ended);
        for (const name of spans) {
          expect(program.stdout).toContain(`[ '${name}' ]`);
        }
      });
    }
  }

  it('that handles a signal does so at once, and what is on its way arrives once', async () => {
    const ending = 'by its own handler, which closes the tracer';
    let answer = () => {};
    const { url, names, exchanges } = await startCollector(({ accept }) => {
      answer = accept;
    });
    const program = start(['ending.mjs', url, ending, JSON.stringify(options)], {}, []);
    await expect.poll(() => exchanges.length, WAIT).toBe(1);
    program.child.kill('SIGTERM');
    await program.says('cleaning up');
    answer();
    expect(await program.ended).toBe(5);
    expect(names).toEqual(['work']);
    expect(exchanges).toHaveLength(1);
    expect(program.output.stderr).toBe('');
  });

  it('that ends by process.exit sends with the last headers there were', async () => {
    const { url, names, exchanges } = await startCollector();
    await end(url, 'by process.exit, after a batch', undefined, { ...options, hasTokens: true });
    expect(names).toEqual(['work', 'second']);
    expect(exchanges.map(({ headers }) => headers.authorization)).toEqual(['Bearer 1', 'Bearer 1']);
  });

  it('that gets SIGINT ends by it when the spans have arrived', async () => {
    const { url, names } = await startCollector();
    expect(await end(url, 'by a signal', 'SIGINT', options)).toMatchObject({ ended: 'SIGINT' });
    expect(names).toEqual(['work']);
  });

  it.each(['by itself', 'by process.exit', 'by a signal'])(
    'that ends %s is told once that the collector refuses connections',
    async (ending) => {
      const expected = ENDINGS[ending];
      const { ended, stderr } = await end(await refusedUrl(), ending, expected?.signal, options);
      expect(ended).toBe(expected?.ended);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(
        /cannot be reached|ended before the collector took the last spans \(1\)/,
      );
    },
  );

  it.each(['by itself', 'by process.exit', 'by a signal', 'by its own handler'])(
    'that ends %s does not wait for a collector that hangs beyond the deadline',
    async (ending) => {
      const expected = ENDINGS[ending];
      const { url, exchanges } = await startCollector(() => {});
      const { ended, stderr } = await end(url, ending, expected?.signal, {
        ...options,
        // Of what else could end the waiting, all is longer than a test may take.
        timeoutMs: 600_000,
        exportTimeoutMs: 600_000,
        exitDeadlineMs: 300,
      });
      expect(ended).toBe(expected?.ended);
      expect(exchanges.length).toBeLessThanOrEqual(1);
      expect(stderr).toContain('ended before the collector took the last spans (1)');
    },
  );

  for (const ending of ['by itself', 'by process.exit', 'by a signal']) {
    it.each([400, 500])(
      `that ends ${ending} loses only the span that its collector answers with %i`,
      async (status) => {
        const collector = await startRefusing(status);
        const names = ['a', 'b', 'bad', 'c', 'd', 'e', 'f'];
        // The time is not what is tested.
        const last = { ...options, names, exitDeadlineMs: 20_000 };
        const { stderr } = await end(collector.url, ending, ENDINGS[ending]?.signal, last);
        expect([...collector.names].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
        expect(stderr).toContain(`answered ${status}`);
      },
    );
  }

  it('that ends by process.exit and has a spool keeps no span there that its collector refused', async () => {
    const collector = await startRefusing(400);
    const dir = await mkdtemp(join(tmpdir(), 'spool-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    const last = { ...options, names: ['a', 'bad', 'b'], exitDeadlineMs: 20_000, spool: { dir } };
    const { stderr } = await end(collector.url, 'by process.exit', undefined, last);
    expect(collector.names).toEqual(['a', 'b']);
    expect(stderr).toContain('ended before the collector took the last spans (1): ');
    expect(segmentsIn(dir)).toEqual([]);
  });

  it('that ends by process.exit is told why the collector refused its last spans', async () => {
    const { url } = await startCollector(({ refuse }) => refuse(404, {}, 'no such path'));
    const secret = new URL(`${url}?key=secret`);
    secret.password = 'secret';
    const { stderr } = await end(secret.href, 'by process.exit', undefined, options);
    expect(stderr).toBe(
      `The program ended before the collector took the last spans (1): The collector at ${url} ` +
        'answered 404: no such path; is the path right, such as /api/v2/spans for Zipkin and ' +
        '/v1/traces for OTLP?\n',
    );
  });

  it('that ends by process.exit is told that the address is wrong while its spans wait in a spool', async () => {
    const { url } = await startCollector(({ refuse }) => refuse(404));
    const dir = await mkdtemp(join(tmpdir(), 'spool-'));
    onTestFinished(() => rm(dir, { recursive: true }));
    for (let run = 0; run < 2; run++) {
      const spooled = { ...options, spool: { dir } };
      const { stderr } = await end(url, 'by process.exit', undefined, spooled);
      expect(stderr).toMatch(
        /^The last spans \(1\) are stored and sent by the next run: .* answered 404; is the path .*\n$/,
      );
    }
  });

  it.each(['NODE_TLS_REJECT_UNAUTHORIZED', 'NODE_EXTRA_CA_CERTS'])(
    'that ends by process.exit trusts the certificates that it trusted before, by %s',
    async (variable) => {
      const file = (name: string) =>
        fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
      const names: string[] = [];
      const server = createServer(
        {
          key: await readFile(file('localhost-key.pem')),
          cert: await readFile(file('localhost.pem')),
        },
        async (request, response) => {
          const body = Buffer.concat(await request.toArray());
          names.push(...spansOf(body, request.headers).map(({ name }) => name));
          response.writeHead(202).end();
        },
      ).listen(0, '127.0.0.1');
      onTestFinished(() => {
        server.close();
        server.closeAllConnections();
      });
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const program = start(
        ['ending.mjs', `https://127.0.0.1:${port}/`, 'by process.exit, after a batch'],
        { [variable]: variable === 'NODE_EXTRA_CA_CERTS' ? file('localhost.pem') : '0' },
        [],
      );
      expect(await program.ended).toBe(3);
      expect(names).toEqual(['work', 'second']);
    },
  );

  it('that ends by process.exit is told that its transport cannot send then', async () => {
    const { ended, stderr } = await end('slow', 'by process.exit', undefined, options);
    expect(ended).toBe(3);
    expect(stderr).toBe(
      'The program ended before the collector took the last spans (1), which their transport cannot ' +
        'send without the event loop; call `await tracer.close()` before process.exit.\n',
    );
  });

  it('that ends by process.exit is told when its headers would have come too late', async () => {
    const { url, exchanges } = await startCollector();
    const late = { ...options, hasTokens: true };
    const { stderr } = await end(url, 'by process.exit', undefined, late);
    expect(stderr).toContain('gives a promise');
    expect(stderr).toContain('call `await tracer.close()` before');
    expect(exchanges).toEqual([]);
  });

  it.each(['by process.exit', 'by a signal'])(
    'that ends %s and has a spool leaves to its next run what the collector did not take',
    async (ending) => {
      const { url, names, stop, restart } = await startCollector();
      const dir = await mkdtemp(join(tmpdir(), 'spool-'));
      onTestFinished(() => rm(dir, { recursive: true }));
      const spooled = { ...options, spool: { dir, retryMs: 1 } };
      await stop();
      const first = await end(url, ending, ENDINGS[ending]?.signal, spooled);
      expect(first.ended).toBe(ENDINGS[ending]?.ended);
      await restart();
      const next = start(['ending.mjs', url, 'by a signal', JSON.stringify(spooled)], {}, []);
      await expect.poll(() => names, WAIT).toEqual(['work']);
      next.child.kill('SIGTERM');
      await next.ended;
      expect(names).toEqual(['work', 'work']);
    },
  );

  it('that gets a second signal ends at once', async () => {
    const { url, exchanges } = await startCollector(() => {});
    const program = start(
      [
        'ending.mjs',
        url,
        'by a signal',
        JSON.stringify({ ...options, timeoutMs: 600_000, exitDeadlineMs: 600_000 }),
      ],
      {},
      [],
    );
    await program.says('ready');
    program.child.kill('SIGINT');
    await expect.poll(() => exchanges.length, WAIT).toBe(1);
    program.child.kill('SIGINT');
    expect(await program.ended).toBe('SIGINT');
  });

  it('that closed it ends by a signal as it would without it', async () => {
    const { url, names } = await startCollector();
    expect(await end(url, 'after it was closed', 'SIGTERM', options)).toMatchObject({
      ended: 'SIGTERM',
      stderr: '',
    });
    expect(names).toEqual(['work']);
  });

  it('does none of that when flushAtExit is false', async () => {
    const { url, names } = await startCollector();
    const off = { ...options, flushAtExit: false };
    expect(await end(url, 'by a signal', 'SIGTERM', off)).toMatchObject({ ended: 'SIGTERM' });
    expect(await end(url, 'by itself', undefined, off)).toMatchObject({ ended: 0 });
    expect(names).toEqual([]);
  });
});
