import { spawnSync } from 'node:child_process';
import fs, {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import { basename, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import zlib from 'node:zlib';
import { ExportError } from 'opentracing-ts/basictracer';
import {
  OtlpExporter,
  SpoolError,
  type SpoolOptions,
  ZipkinExporter,
} from 'opentracing-ts/exporters';
import { createZipkinTracer } from 'opentracing-ts/zipkin';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  segmentsIn,
  spansNamed,
  spooling,
  TestTransport,
  temporaryFolder,
  until,
} from './spool-helpers.js';

/** The number of a process that is no more. */
const deadPid = () => spawnSync(process.execPath, ['--version']).pid;

/** A copy of a spool's directory as it is now, left by a process that is no more. */
function leftBehind(dir: string, pid = deadPid()): string {
  const left = temporaryFolder();
  for (const owner of readdirSync(dir)) {
    const [host, , token] = owner.split('-');
    cpSync(join(dir, owner), join(left, `${host}-${pid}-${token}`), { recursive: true });
  }
  return left;
}

/** A spool whose collector is away. */
function away(options: Partial<SpoolOptions> = {}, dir = temporaryFolder()) {
  const transport = new TestTransport();
  transport.goAway();
  return { dir, transport, ...spooling(dir, transport, { retryMs: 60_000, ...options }) };
}

/** A spool whose collector answers when the test says so. */
function hanging(dir: string, options: Partial<SpoolOptions> = {}) {
  const sending: (() => void)[] = [];
  const transport = () => new Promise<void>((resolve) => sending.push(resolve));
  const made = spooling(dir, new TestTransport(), options, { transport });
  const accept = () => {
    for (const resolve of sending) {
      resolve();
    }
  };
  onTestFinished(accept);
  return { ...made, sending, accept };
}

/** A clock that moves on, for this test, when it is told to. */
function passingTime(): (ms: number) => void {
  let passed = 0;
  const now = performance.now.bind(performance);
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  onTestFinished(() => clock.mockRestore());
  return (ms) => {
    passed += ms;
  };
}

/** What makes a spool as another machine would. */
function onAnotherMachine<T>(make: () => T): T {
  const hostname = vi.spyOn(os, 'hostname').mockReturnValue('another');
  try {
    return make();
  } finally {
    hostname.mockRestore();
  }
}

/** Sends what is in a directory, and tells of it when all is done. */
async function replayed(dir: string) {
  const transport = new TestTransport();
  const { errors, stats } = spooling(dir, transport);
  await until(() => stats().found + stats().dropped > 0 && stats().waiting === 0);
  return { names: transport.names, errors, stats: stats() };
}

describe('a spool', () => {
  it('keeps what cannot be sent and sends it when the collector is back, the oldest first', async () => {
    const transport = new TestTransport();
    transport.goAway();
    const { store, stats } = spooling(temporaryFolder(), transport);
    store('a', 'b');
    store('c');
    await until(() => transport.attempts > 1);
    expect(stats()).toMatchObject({ stored: 3, delivered: 0, waiting: 3 });
    transport.comeBack();
    await until(() => stats().waiting === 0);
    expect(transport.accepted).toEqual([['a', 'b'], ['c']]);
    expect(stats()).toMatchObject({ stored: 3, delivered: 3, dropped: 0 });
  });

  it('leaves no file when all has been sent, and nothing when it is closed', async () => {
    const dir = temporaryFolder();
    const { exporter, store, stats } = spooling(dir, new TestTransport());
    store('a');
    await until(() => stats().bytes === 0);
    expect(segmentsIn(dir)).toEqual([]);
    await exporter.close();
    await exporter.close();
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each([
    ['Zipkin JSON', ZipkinExporter, 'json', 'application/json'],
    ['Zipkin proto3', ZipkinExporter, 'proto3', 'application/x-protobuf'],
    ['OTLP protobuf', OtlpExporter, 'protobuf', 'application/x-protobuf'],
    ['OTLP JSON', OtlpExporter, 'json', 'application/json'],
  ] as const)(
    'sends %s as it would have been sent at once',
    async (_, Exporter, encoding, type) => {
      const sent: [string, string][] = [];
      const exporter = new (Exporter as typeof ZipkinExporter)({
        serviceName: 'orders',
        encoding: encoding as 'json',
        transport: async (body, contentType) => {
          sent.push([contentType, Buffer.from(body).toString('base64')]);
        },
        spool: { dir: temporaryFolder(), retryMs: 1 },
      });
      onTestFinished(() => exporter.close());
      const spans = spansNamed(['a', 'b']);
      await exporter.export(spans);
      exporter.store?.(spans);
      await until(() => exporter.spoolStats?.delivered === 2);
      expect(sent).toHaveLength(2);
      expect(sent[0]?.[0]).toBe(type);
      expect(sent[1]).toEqual(sent[0]);
    },
  );

  it('writes the same files where the runtime has no CRC-32', async () => {
    const load = process.getBuiltinModule;
    const { crc32, ...zlibWithout } = zlib;
    const modules = vi
      .spyOn(process, 'getBuiltinModule')
      .mockImplementation((name: string) =>
        name === 'node:zlib' ? zlibWithout : load.call(process, name),
      );
    onTestFinished(() => modules.mockRestore());
    const { dir, exporter, store } = away();
    const names = ['a', 'b', 'Zoë', 'x'.repeat(1_000)];
    for (const name of names) {
      store(name);
    }
    await exporter.close();
    modules.mockRestore();

    const transport = new TestTransport();
    const { stats } = spooling(dir, transport);
    await until(() => stats().found === names.length && stats().waiting === 0);
    expect(transport.names).toEqual(names);
  });

  it('is for this user alone', () => {
    const { dir, store } = away();
    store('a');
    const [segment] = segmentsIn(dir);
    expect(statSync(segment?.path ?? '').mode & 0o077).toBe(0);
    expect(statSync(join(dir, readdirSync(dir)[0] ?? '')).mode & 0o077).toBe(0);
  });

  it('leaves a collector that is away alone, without asking it for each batch', async () => {
    const { exporter, transport } = away();
    await expect(exporter.export([])).rejects.toThrow('away');
    await expect(exporter.export([])).rejects.toMatchObject({ message: 'away', retryable: true });
    expect(transport.attempts).toBe(1);
  });

  it('leaves it alone for as long as it asks', async () => {
    const transport = new TestTransport();
    transport.answer = () => new ExportError('busy', { retryable: true, retryAfterMs: 60_000 });
    const { exporter, store, stats } = spooling(temporaryFolder(), transport);
    await expect(exporter.export([])).rejects.toThrow('busy');
    store('a');
    for (let i = 0; i < 100; i++) {
      await turn();
    }
    expect(transport.attempts).toBe(1);
    expect(stats()).toMatchObject({ waiting: 1 });
  });

  it('sends what it keeps as soon as something else was accepted', async () => {
    const transport = new TestTransport();
    const { exporter, store, stats } = spooling(temporaryFolder(), transport, { retryMs: 60_000 });
    store('kept');
    await exporter.export([]);
    await until(() => stats().waiting === 0);
    expect(transport.names).toEqual(['kept']);
  });

  it('counts what the collector refuses for good, tells of it once, and goes on', async () => {
    const transport = new TestTransport();
    const { errors, store, stats } = spooling(temporaryFolder(), transport);
    transport.answer = (names) =>
      names.includes('bad') ? new ExportError('400', { retryable: false, divisible: true }) : null;
    store('bad', 'with it');
    store('bad');
    store('good');
    await until(() => stats().waiting === 0);
    expect(transport.names).toEqual(['good']);
    expect(stats()).toMatchObject({ stored: 4, delivered: 1, dropped: 3 });
    expect(errors.map(({ message }) => message)).toEqual(['400']);
  });

  it('counts those that the collector rejects among others', async () => {
    const transport = new TestTransport();
    const { store, stats } = spooling(temporaryFolder(), transport);
    transport.answer = () => new ExportError('one', { retryable: false, rejected: 1 });
    store('a', 'b', 'c');
    await until(() => stats().waiting === 0);
    expect(stats()).toMatchObject({ delivered: 2, dropped: 1 });
  });

  it.each([
    ['is answered with 500 always', () => new ExportError('500', { retryable: true })],
    ['the transport cannot send', () => new TypeError('Invalid character in header')],
  ])(
    'tries a record that %s after the others, gives it up at last, and tells of both once',
    async (_, error) => {
      const transport = new TestTransport();
      const { errors, exporter, store, stats } = spooling(temporaryFolder(), transport);
      transport.answer = (names) => (names.includes('bad') ? error() : null);
      store('bad');
      store('good 1');
      store('bad', 'too');
      store('good 2');
      await until(() => stats().delivered === 2);
      expect(transport.names).toEqual(['good 1', 'good 2']);
      expect(stats()).toMatchObject({ stored: 5, waiting: 3, dropped: 0 });
      const others = setInterval(() => exporter.export(spansNamed(['other'])).catch(() => {}), 1);
      onTestFinished(() => clearInterval(others));
      await until(() => stats().waiting === 0);
      expect(stats()).toMatchObject({ stored: 5, delivered: 2, dropped: 3 });
      expect(errors.map(({ message }) => message.replace(/\d of/, 'n of'))).toEqual([
        `The collector takes other spans, but not n of the spool, which wait behind the others: ${error().message}`,
        `The collector takes other spans, but not n of the spool, which are dropped: ${error().message}`,
      ]);
    },
  );

  it('does not lose what a collector answers with 503 for long', async () => {
    const dir = temporaryFolder();
    const transport = new TestTransport();
    transport.answer = () => new ExportError('503', { retryable: true });
    const { exporter, store, stats } = spooling(dir, transport);
    const names = Array.from({ length: 8 }, (_, i) => `span-${i}`);
    for (const name of names) {
      store(name);
    }
    await until(() => transport.attempts > 12);
    expect(stats()).toMatchObject({ waiting: 8, dropped: 0 });
    await exporter.close();
    expect((await replayed(dir)).names).toEqual(names);
  });

  it('goes on in a directory that somebody deletes', async () => {
    const { dir, errors, transport, store, stats } = away({ retryMs: 1 });
    store('a');
    rmSync(dir, { recursive: true });
    store('b');
    store('c');
    expect(stats()).toMatchObject({ stored: 3, vanished: 1, handedOver: 0, waiting: 2 });
    transport.comeBack();
    await until(() => stats().waiting === 0);
    expect(transport.names).toEqual(['b', 'c']);
    expect(errors.map(({ message }) => message)).toEqual([
      `Files of the spool '${dir}' were deleted by somebody else, and with them 1 span.`,
    ]);
  });

  it('counts what was in files that somebody deletes, and tells of it once', async () => {
    const { dir, errors, exporter, transport, store, stats } = away();
    for (const name of ['a', 'b']) {
      store(name, 'with it');
      for (const { path } of segmentsIn(dir)) {
        rmSync(path);
      }
      transport.comeBack();
      await exporter.export([]);
      await until(() => stats().waiting === 0);
    }
    expect(stats()).toMatchObject({ stored: 4, vanished: 4, delivered: 0, dropped: 0 });
    expect(errors.map(({ message }) => message)).toEqual([
      `Files of the spool '${dir}' were deleted by somebody else, and with them 2 spans.`,
    ]);
  });

  it('counts as delivered what arrives while somebody deletes its file', async () => {
    const dir = temporaryFolder();
    const { store, sending, accept, stats } = hanging(dir);
    store('a');
    await until(() => sending.length === 1);
    rmSync(dir, { recursive: true });
    store('b');
    accept();
    await until(() => sending.length === 2);
    accept();
    await until(() => stats().waiting === 0);
    expect(stats()).toMatchObject({ stored: 2, delivered: 2, vanished: 0, dropped: 0 });
  });

  it('counts what somebody has deleted as such, not as dropped, when room is to be made', () => {
    const { dir, store, stats } = away({ maxBytes: 20_000 });
    store('a');
    for (let i = 0; i < 30; i++) {
      store(`span-${i}`);
    }
    const [oldest] = segmentsIn(dir);
    rmSync(oldest?.path ?? '');
    for (let i = 0; i < 200; i++) {
      store(`new-${i}`);
    }
    const { stored, dropped, vanished, waiting } = stats();
    expect(vanished).toBeGreaterThan(0);
    expect(stored).toBe(dropped + vanished + waiting);
  });

  it('lets what is being sent come to its end when it is closed, and leaves the rest', async () => {
    const dir = temporaryFolder();
    const { exporter, store, sending, accept, stats } = hanging(dir);
    store('a');
    store('b');
    await until(() => sending.length === 1);
    const closed = exporter.close();
    accept();
    await closed;
    expect(stats()).toMatchObject({ delivered: 1, waiting: 1 });
    expect((await replayed(dir)).names).toEqual(['b']);
  });

  it('lets go of its files when it is closed, also of that whose answer comes later', async () => {
    const open = new Set<number>();
    const openSync = fs.openSync;
    const closeSync = fs.closeSync;
    const opening = vi.spyOn(fs, 'openSync').mockImplementation((...args) => {
      const fd = openSync(...args);
      open.add(fd);
      return fd;
    });
    const closing = vi.spyOn(fs, 'closeSync').mockImplementation((fd) => {
      open.delete(fd);
      closeSync(fd);
    });
    onTestFinished(() => {
      vi.useRealTimers();
      opening.mockRestore();
      closing.mockRestore();
    });
    const dir = temporaryFolder();
    const { exporter, store, sending, accept, stats } = hanging(dir);
    store('a');
    store('b');
    await until(() => sending.length === 1);
    expect(open.size).toBe(1);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const closed = exporter.close();
    await vi.advanceTimersByTimeAsync(5_000);
    vi.useRealTimers();
    await closed;
    expect(open.size).toBe(0);
    accept();
    await until(() => stats().delivered === 1);
    expect(open.size).toBe(0);
    expect((await replayed(dir)).names).toEqual(['b']);
  });

  it('leaves what is there to the next process where the system fails to close a file', async () => {
    const { dir, exporter, store } = away();
    store('a');
    const { closeSync } = fs;
    const closing = vi.spyOn(fs, 'closeSync').mockImplementation((fd) => {
      closeSync(fd);
      throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' });
    });
    onTestFinished(() => closing.mockRestore());
    await exporter.close();
    expect(closing).toHaveBeenCalled();
    closing.mockRestore();
    expect((await replayed(dir)).names).toEqual(['a']);
  });
});

describe('a spool that another process has left', () => {
  it('is sent by the next one, when it was closed', async () => {
    const { dir, exporter, store } = away();
    store('a', 'b');
    store('c');
    await exporter.close();
    const { names, stats } = await replayed(dir);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(stats).toMatchObject({ found: 3, stored: 0, delivered: 3, doubtful: 0 });
    expect(segmentsIn(dir)).toEqual([]);
  });

  it.each(['zipkin', 'otlp'])('for a collector of another kind stays there: %s', async (kind) => {
    const dir = temporaryFolder();
    const messages: string[] = [];
    const sent: string[] = [];
    const made = (Exporter: typeof ZipkinExporter | typeof OtlpExporter) =>
      new Exporter({
        serviceName: 'orders',
        encoding: 'json',
        spool: { dir, retryMs: 1 },
        transport: async (body) => {
          sent.push(new TextDecoder().decode(body));
        },
        onError: ({ message }) => messages.push(message),
      });
    const [First, Second] =
      kind === 'zipkin' ? [ZipkinExporter, OtlpExporter] : [OtlpExporter, ZipkinExporter];
    const first = made(First);
    first.store?.(spansNamed(['first']));
    await first.close();
    const left = segmentsIn(dir);
    const second = made(Second);
    await until(() => messages.length > 0);
    await second.close();
    const own = kind === 'zipkin' ? 'otlp' : 'zipkin';
    expect(messages).toEqual([
      `There are spans for ${kind} in the spool '${dir}', which stay there, since this one is for ` +
        `${own}; give it another directory, and send them by an exporter for ${kind}.`,
    ]);
    expect(second.spoolStats).toMatchObject({ found: 0, dropped: 0 });
    expect(segmentsIn(dir)).toEqual(left);
    expect(sent).toEqual([]);
    const third = made(First);
    await until(() => sent.length > 0);
    await third.close();
    expect(third.spoolStats).toMatchObject({ found: 1, delivered: 1 });
  });

  it('is sent by the next one, when it was killed', async () => {
    const { dir, store } = away();
    store('a', 'b');
    const left = leftBehind(dir);
    expect((await replayed(left)).names).toEqual(['a', 'b']);
    expect(readdirSync(left)).toHaveLength(1);
  });

  it('is not sent while that process lives', async () => {
    const { dir, store } = away();
    store('theirs');
    const transport = new TestTransport();
    const second = spooling(dir, transport);
    second.store('ours');
    await until(() => second.stats().delivered === 1);
    expect(transport.names).toEqual(['ours']);
    expect(second.stats()).toMatchObject({ found: 0 });
  });

  it('is not sent while a process of this machine lives, whatever its clock says', async () => {
    const { dir, store } = away();
    store('theirs');
    const [owner = ''] = readdirSync(dir);
    const second = spooling(dir, new TestTransport());
    for (const time of [1, Date.now() / 1_000 + 3_600]) {
      utimesSync(join(dir, owner), time, time);
      second.store('ours');
      await until(() => second.stats().waiting === 0);
    }
    expect(second.stats()).toMatchObject({ found: 0, delivered: 2 });
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'is sent when that process is no more and another one has its number',
    async () => {
      const { dir, store } = away();
      store('a');
      const left = leftBehind(dir, process.pid);
      const [owner = ''] = readdirSync(left);
      const [host, pid, token = ''] = owner.split('-');
      renameSync(join(left, owner), join(left, `${host}-${pid}-${token.slice(0, 8)}1`));
      expect((await replayed(left)).names).toEqual(['a']);
    },
  );

  it('is sent when it could not be opened at the moment of the takeover', async () => {
    const { dir, store } = away();
    store('a', 'b');
    const left = leftBehind(dir);
    const [before] = segmentsIn(left);
    const open = vi.spyOn(fs, 'openSync').mockImplementation(() => {
      throw Object.assign(new Error('EMFILE: too many open files'), { code: 'EMFILE' });
    });
    onTestFinished(() => open.mockRestore());
    const transport = new TestTransport();
    const next = spooling(left, transport);
    await until(() => !existsSync(before?.path ?? ''));
    expect(next.stats()).toMatchObject({ found: 0 });
    open.mockRestore();
    next.store('ours');
    await until(() => next.stats().delivered === 3);
    expect(next.stats()).toMatchObject({ found: 2, stored: 1, waiting: 0 });
    expect(transport.names).toEqual(['a', 'b', 'ours']);
  });

  it('of another machine is sent when that shows no life, and which comes back and notices it', async () => {
    const pass = passingTime();
    const first = onAnotherMachine(() => away({ retryMs: 1 }));
    first.store('a');
    const transport = new TestTransport();
    const second = spooling(first.dir, transport);
    second.store('ours');
    await until(() => second.stats().delivered === 1);
    pass(61_000);
    second.store('ours');
    await until(() => second.stats().delivered === 3);
    expect(transport.names).toContain('a');
    first.store('b');
    first.transport.comeBack();
    await until(() => first.stats().waiting === 0);
    expect(first.transport.names).toEqual(['b']);
    expect(first.stats()).toMatchObject({ stored: 2, handedOver: 1, vanished: 0, delivered: 1 });
    await first.exporter.close();
    await second.exporter.close();
    expect(readdirSync(first.dir)).toEqual([]);
  });

  it.each([
    ['past', -86_400],
    ['future', 86_400],
  ])('of a machine whose clock is in the %s is left alone while its time changes', async (_, s) => {
    const { dir, store } = away();
    store('a');
    const left = leftBehind(dir);
    const [owner = ''] = readdirSync(left);
    const foreign = join(left, owner.replace(/^.{8}/, '00000000'));
    renameSync(join(left, owner), foreign);
    const pass = passingTime();
    const next = spooling(left, new TestTransport());
    const foundAfter = async (ms: number) => {
      pass(ms);
      next.store('ours');
      await until(() => next.stats().waiting === 0);
      return next.stats().found;
    };
    const start = Date.now() / 1_000 + s;
    for (let beat = 0; beat < 10; beat++) {
      utimesSync(foreign, start + beat * 15, start + beat * 15);
      expect(await foundAfter(15_000)).toBe(0);
    }
    expect(await foundAfter(30_000)).toBe(0);
    expect(await foundAfter(60_000)).toBe(1);
  });

  it('of another machine is left alone until it has left it', async () => {
    const { dir, store } = away();
    store('a');
    const left = leftBehind(dir);
    const [owner = ''] = readdirSync(left);
    const foreign = join(left, owner.replace(/^.{8}/, '00000000'));
    cpSync(join(left, owner), foreign, { recursive: true });
    rmSync(join(left, owner), { recursive: true });
    const idle = spooling(left, new TestTransport());
    idle.store('ours');
    await until(() => idle.stats().delivered === 1);
    expect(idle.stats()).toMatchObject({ found: 0 });
    utimesSync(foreign, 0, 0);
    expect((await replayed(left)).names).toEqual(['a']);
  });

  it('of another machine is cleared away when that has shown no life for an hour', async () => {
    const pass = passingTime();
    const { dir, store } = away();
    store('a');
    const left = leftBehind(dir);
    const [owner = ''] = readdirSync(left);
    const foreign = join(left, owner.replace(/^.{8}/, '00000000'));
    renameSync(join(left, owner), foreign);
    const next = spooling(left, new TestTransport());
    const look = async () => {
      next.store('ours');
      await until(() => next.stats().waiting === 0);
    };
    await look();
    pass(61_000);
    await look();
    expect(next.stats()).toMatchObject({ found: 1 });
    await look();
    pass(3_500_000);
    await look();
    expect(existsSync(foreign)).toBe(true);
    pass(200_000);
    await look();
    expect(existsSync(foreign)).toBe(false);
  });

  it.each([[['a']], [['a', 'b']]])(
    'is not sent again where an answer came after the takeover: %j',
    async (theirs) => {
      const dir = temporaryFolder();
      const next = hanging(dir, { maxBytes: 20_000 });
      next.store('a name that fills a segment'.padEnd(4_000, '.'));
      await until(() => next.sending.length === 1);
      const [owner] = readdirSync(dir);
      const first = hanging(dir);
      for (const name of theirs) {
        first.store(name);
      }
      await until(() => first.sending.length === 1);
      const left = readdirSync(dir).find((name) => name !== owner) ?? '';
      utimesSync(join(dir, left), 0, 0);
      next.store('ours');
      expect(next.stats()).toMatchObject({ found: theirs.length, doubtful: 1 });
      first.accept();
      await until(() => first.stats().waiting === 0);
      expect(first.stats()).toMatchObject({ delivered: 1 });
      await until(() => {
        next.accept();
        return next.stats().waiting === 0;
      });
      const found = theirs.length - 1;
      expect(next.stats()).toMatchObject({ found, stored: 2, delivered: found + 2, doubtful: 0 });
      expect(next.sending).toHaveLength(found + 2);
    },
  );

  it('is sent later where a record fails and those behind it had been accepted', async () => {
    const dir = temporaryFolder();
    const refusing = () => {
      const transport = new TestTransport();
      transport.answer = (names) =>
        names.includes('bad') ? new ExportError('500', { retryable: true }) : null;
      return { transport, ...spooling(dir, transport) };
    };
    const first = refusing();
    first.store('bad');
    first.store('good');
    await until(() => first.stats().delivered === 1);
    await first.exporter.close();
    const next = refusing();
    await until(() => next.transport.attempts > 4);
    expect(next.stats()).toMatchObject({ found: 1, waiting: 1 });
    next.transport.comeBack();
    await until(() => next.stats().waiting === 0);
    expect(next.transport.names).toEqual(['bad']);
  });

  it('says how many spans were being sent when the process ended, since they may arrive twice', async () => {
    const dir = temporaryFolder();
    const { store, sending, accept } = hanging(dir);
    store('a', 'b');
    store('c');
    await until(() => sending.length === 1);
    const left = leftBehind(dir);
    accept();
    const { names, stats } = await replayed(left);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(stats).toMatchObject({ found: 3, delivered: 3, doubtful: 2 });
  });

  it('still says so when the next process could not send them either', async () => {
    const dir = temporaryFolder();
    const { store, sending } = hanging(dir);
    store('a', 'b');
    await until(() => sending.length === 1);
    const left = leftBehind(dir);
    const second = away({}, left);
    await until(() => second.transport.attempts === 1);
    expect(second.stats()).toMatchObject({ doubtful: 2, waiting: 2 });
    await second.exporter.close();
    expect((await replayed(left)).stats).toMatchObject({ found: 2, doubtful: 2 });
  });

  it.each([1, 10, 23, 24, 40, 150])(
    'is sent but for a last record that lacks %i bytes',
    async (missing) => {
      const { dir, store } = away();
      store('a', 'b');
      store('torn');
      const left = leftBehind(dir);
      const [segment] = segmentsIn(left);
      truncateSync(segment?.path ?? '', (segment?.bytes.length ?? 0) - missing);
      const { names, stats } = await replayed(left);
      expect(names).toEqual(['a', 'b']);
      expect(stats).toMatchObject({ delivered: 2, waiting: 0 });
      expect(segmentsIn(left)).toEqual([]);
    },
  );

  it.each([
    ['header', 8, 0],
    ['beginning', 0, 0],
    ['content', 60, 1],
  ])('is sent but for a record whose %s is damaged, which is counted', async (_, at, lost) => {
    const { dir, store } = away();
    store('first');
    const start = segmentsIn(dir)[0]?.bytes.length ?? 0;
    store('damaged');
    store('last');
    const left = leftBehind(dir);
    const [segment] = segmentsIn(left);
    const bytes = segment?.bytes ?? Buffer.of();
    bytes.writeUInt8(bytes.readUInt8(start + at) ^ 0xff, start + at);
    writeFileSync(segment?.path ?? '', bytes);
    const { names, errors, stats } = await replayed(left);
    expect(names).toEqual(['first', 'last']);
    expect(stats).toMatchObject({ delivered: 2, dropped: lost });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain(basename(segment?.path ?? '?'));
  });

  it('is sent whatever else lies in the directory', async () => {
    const { dir, store } = away();
    store('a');
    const left = leftBehind(dir);
    writeFileSync(join(left, 'notes.txt'), 'not a spool');
    const [owner = ''] = readdirSync(left).filter((name) => name.includes('-'));
    writeFileSync(join(left, owner, '0-000000-00000000.spans'), 'OTSP'.repeat(100));
    writeFileSync(join(left, owner, '1-000000-00000000.spans'), '');
    expect((await replayed(left)).names).toEqual(['a']);
    expect(existsSync(join(left, 'notes.txt'))).toBe(true);
  });

  it('is taken over but for files that are none of a spool', async () => {
    const { dir, store } = away();
    store('a');
    const left = leftBehind(dir);
    const [owner = ''] = readdirSync(left);
    const notOurs = ['backup.tar', '2-000000-00000000.spans', '3-000000-00000000.spans'];
    const [backup = '', folder = '', huge = ''] = notOurs.map((name) => join(left, owner, name));
    writeFileSync(backup, 'of somebody');
    mkdirSync(folder);
    writeFileSync(huge, '');
    truncateSync(huge, 1e9);
    expect((await replayed(left)).names).toEqual(['a']);
    expect(readdirSync(join(left, owner)).sort()).toEqual(notOurs.sort());
  });
});

describe('a spool that comes to its bound', () => {
  const maxBytes = 20_000;
  const bytesIn = (dir: string) =>
    segmentsIn(dir).reduce((sum, segment) => sum + segment.bytes.length, 0);

  it('deletes the oldest spans, counts them and says so once', async () => {
    const { dir, errors, exporter, store, stats } = away({ maxBytes });
    for (let i = 0; i < 200; i++) {
      store(`span-${i}`);
      expect(bytesIn(dir)).toBeLessThanOrEqual(maxBytes);
    }
    const { dropped, waiting } = stats();
    expect(dropped).toBeGreaterThan(50);
    expect(dropped + waiting).toBe(200);
    expect(errors.map(({ message }) => message)).toEqual([
      `The spool '${dir}' has come to its 20000 bytes, so the oldest spans in it are deleted.`,
    ]);
    await exporter.close();
    const { names } = await replayed(dir);
    expect(names[0]).toBe(`span-${dropped}`);
    expect(names).toHaveLength(waiting);
  });

  it('deletes those of another process first where they are older', async () => {
    const first = away({ maxBytes });
    for (let i = 0; i < 30; i++) {
      first.store(`old-${i}`);
    }
    const { waiting } = first.stats();
    const second = away({ maxBytes }, first.dir);
    for (let i = 0; i < 200; i++) {
      second.store(`new-${i}`);
    }
    first.transport.comeBack();
    await first.exporter.export([]);
    await until(() => first.stats().waiting === 0);
    const { handedOver } = first.stats();
    expect(handedOver).toBe(waiting);
    expect(second.stats().found).toBe(handedOver);
    const { found, stored, dropped, waiting: left } = second.stats();
    expect(found + stored).toBe(dropped + left);
    expect(bytesIn(first.dir)).toBeLessThanOrEqual(maxBytes);
  });

  it('takes over no more than may be there', async () => {
    const { dir, exporter, store } = away();
    for (let i = 0; i < 200; i++) {
      store(`span-${i}`);
    }
    await exporter.close();
    const next = away({ maxBytes }, dir);
    await until(() => next.stats().found === 200);
    next.store('new');
    expect(next.stats().bytes).toBeLessThanOrEqual(maxBytes);
    expect(next.stats().dropped).toBe(200);
  });

  it('drops a record that is larger than all of it, counts it and keeps the others', async () => {
    const { dir, errors, exporter, stats } = away({ maxBytes: 1_000 });
    const large = spansNamed(['large'], { text: 'x'.repeat(1_000) });
    exporter.store?.([...large, ...spansNamed(['with it'])]);
    exporter.store?.(spansNamed(['small']));
    exporter.store?.(large);
    expect(stats()).toMatchObject({ stored: 4, waiting: 1, dropped: 3 });
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toMatch(/^A record of \d+ bytes .* raise spool\.maxBytes\.$/);
    await exporter.close();
    expect((await replayed(dir)).names).toEqual(['small']);
  });
});

describe('a spool that cannot be', () => {
  it.each([
    [{ dir: '' }, TypeError, "The directory of the spool is ''"],
    [{ dir: 1 }, TypeError, 'The directory of the spool is 1'],
    [{ dir: '/tmp', maxBytes: 0 }, RangeError, 'spool.maxBytes is 0'],
    [{ dir: '/tmp', maxBytes: Number.NaN }, RangeError, 'spool.maxBytes is NaN'],
    [{ dir: '/tmp', retryMs: -1 }, RangeError, 'spool.retryMs is -1'],
    ['/tmp', TypeError, "The spool is '/tmp'; give its directory as { spool: { dir: '/tmp' } }."],
  ])('is refused with a sentence: %j', (spool, type, message) => {
    const made = () =>
      createZipkinTracer({ serviceName: 'orders', spool: spool as unknown as SpoolOptions });
    expect(made).toThrow(type);
    expect(made).toThrow(message);
  });

  it('is refused where its directory cannot be made', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const made = () => createZipkinTracer({ serviceName: 'orders', spool: { dir: file } });
    expect(made).toThrow(SpoolError);
    expect(made).toThrow('give a directory in spool.dir that this process may write to');
  });

  it.skipIf(!existsSync('/proc/self'))('is refused in a directory that never can be made', () => {
    const dir = '/proc/spool/of/orders';
    expect(() => createZipkinTracer({ serviceName: 'orders', spool: { dir } })).toThrow(
      "Spans cannot be spooled to '/proc/spool/of/orders' (ENOENT",
    );
  });
});
