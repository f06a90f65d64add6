import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { type Collector, type CollectorOptions, startCollector } from '../collector/start.js';
import { codeOf, messageOf, ViewerError } from '../errors.js';
import { count } from '../terminal/format.js';
import { safeText } from '../terminal/text.js';
import { commandLine } from './console.js';
import { takenNotice } from './serve.js';

/** What `run` is told. */
export interface RunOptions extends CollectorOptions {
  /** The command and its arguments; at least one. */
  command: readonly string[];
  /** The name of the command's service. Default: what its environment or its package.json says. */
  service?: string;
  /** The module to preload, a URL. Default: `opentracing-ts/register` of this installation. */
  register?: string | undefined;
}

const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
/** Added to the number of the signal that ended the command. */
const SIGNALLED = 128;
/** Those that ask a program to end or to do something; the others are the terminal's or the kernel's. */
const FORWARDED = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGWINCH'] as const;
/** Those that a terminal sends to every process in its foreground, so also to the command. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT', 'SIGHUP', 'SIGWINCH'];

/**
 * `opentracing-viewer run`: a collector, and a command under it whose Node programs are traced. The
 * command has the terminal, its standard output is its own: everything that is said here goes to
 * stderr.
 * @returns the command's exit status; 128 and the signal's number when a signal ended it; 127 when
 * it was not found, 126 when it cannot be executed
 */
export async function runProgram(options: RunOptions): Promise<number> {
  const register = options.register ?? resolveRegister();
  const collector = await startCollector(options);
  try {
    const taken = takenNotice(options, collector.port);
    if (taken !== undefined) say(taken);
    say(`collecting traces, see ${collector.url}`);
    const [file = '', ...args] = options.command;
    const child = spawn(file, args, {
      stdio: 'inherit',
      env: traced(process.env, collector.url, register, options.service),
    });
    const status = await settle(child, file);
    await collector.close();
    if (child.pid !== undefined) say(summaryOf(collector, options.db, status));
    return status;
  } finally {
    await collector.close();
  }
}

function resolveRegister(): string {
  const url = import.meta.resolve('opentracing-ts/register');
  // A URL that leads nowhere would end every Node program that the command starts.
  if (!existsSync(new URL(url))) {
    throw new ViewerError(
      'the tracer is missing: opentracing-ts is not built or not installed whole',
    );
  }
  return url;
}

function traced(
  env: NodeJS.ProcessEnv,
  url: string,
  register: string,
  service: string | undefined,
): NodeJS.ProcessEnv {
  const nodeOptions = `${env.NODE_OPTIONS ?? ''} --import ${register}`.trim();
  return {
    // For the diagnosis of lost context; the environment of the user goes before.
    OPENTRACING_CALL_SITES: '1',
    OPENTRACING_OPEN_SPANS: '1',
    ...env,
    NODE_OPTIONS: nodeOptions,
    // Our own names go before OpenTelemetry's, which the user may have set for another purpose.
    OPENTRACING_ZIPKIN_URL: `${url}/api/v2/spans`,
    ...(service === undefined ? {} : { OPENTRACING_SERVICE_NAME: service }),
  };
}

/** Waits for the command's end, passing signals on to it meanwhile. */
async function settle(child: ChildProcess, file: string): Promise<number> {
  const forward = (signal: NodeJS.Signals) => {
    // Ctrl-C in a terminal has reached the command already; twice means "at once" to many programs.
    if (!(process.stdin.isTTY && FROM_TERMINAL.includes(signal))) child.kill(signal);
  };
  for (const signal of FORWARDED) process.on(signal, forward);
  try {
    return await new Promise<number>((resolve) => {
      child.on('exit', (code, signal) =>
        resolve(signal === null ? (code ?? 1) : SIGNALLED + constants.signals[signal]),
      );
      child.on('error', (error) => {
        // A signal that could not be delivered is no failure to start.
        if (child.pid !== undefined) return;
        const missing = codeOf(error) === 'ENOENT';
        say(missing ? notFound(file) : `cannot run ${file}: ${messageOf(error)}`);
        resolve(missing ? NOT_FOUND : NOT_EXECUTABLE);
      });
    });
  } finally {
    for (const signal of FORWARDED) process.off(signal, forward);
  }
}

function notFound(file: string): string {
  return /\s/.test(file)
    ? `command not found: "${file}"; leave out the quotes: run -- ${file}`
    : `command not found: ${file}`;
}

function summaryOf({ added }: Collector, db: string | undefined, status: number): string {
  if (added.spans === 0) {
    const failed = status > 0 && status < SIGNALLED;
    return failed
      ? 'no spans arrived'
      : 'no spans arrived: the program had no HTTP request, or its own tracer (setGlobalTracer) sends spans elsewhere: ' +
          'give that "url: process.env.OPENTRACING_ZIPKIN_URL"';
  }
  const counts = [
    count(added.traces, 'trace'),
    count(added.spans, 'span'),
    count(added.errors, 'error'),
  ];
  const list = commandLine('ls', db);
  return `${counts.join(', ')}; look with "${list}", or open the page with "${commandLine('', db)}"`;
}

function say(sentence: string): void {
  process.stderr.write(`opentracing-viewer: ${safeText(sentence)}\n`);
}
