import { isMainThread } from 'node:worker_threads';
import {
  BasicTracer,
  ConsoleRecorder,
  ParentBasedSampler,
  ProbabilitySampler,
  reportOpenSpans,
  type Sampler,
  tagCallSites,
} from '../basictracer/index.js';
import { SpoolError, type SpoolOptions } from '../exporters/index.js';
import { isGlobalTracerRegistered, setGlobalTracer } from '../global-tracer.js';
import { instrumentFetch } from '../instrumentation/fetch/index.js';
import { instrumentHttp, instrumentHttp2 } from '../instrumentation/http/index.js';
import { createOtlpTracer } from '../otlp/index.js';
import { AsyncLocalStorageScopeManager } from '../scope-managers/async-local-storage.js';
import { createZipkinTracer } from '../zipkin/index.js';
import {
  type Configuration,
  DEFAULT_PROPAGATION,
  readEnvironment,
  type Sampling,
} from './environment.js';
import { flushAtExit } from './flush-at-exit.js';
import { instrumentFrameworks } from './frameworks.js';
import { isPackageManager, mainScript, programName } from './main-script.js';

// A worker's spans can not be waited for when the main thread ends the process, so they wait less.
const WORKER_FLUSH_INTERVAL_MS = 100;

/**
 * Traces this thread as the environment says: registers a tracer as the global one, by default for
 * Zipkin, unless one is registered already, and installs the instrumentations. Never throws; calling it
 * twice is like calling it once.
 *
 * @internal
 */
export function register(): void {
  try {
    const script = mainScript();
    if (script !== undefined && isPackageManager(script)) {
      return;
    }
    const isRegistered = isGlobalTracerRegistered();
    const configuration = readEnvironment(process.env, isRegistered ? () => {} : warn);
    if (!configuration.isEnabled) {
      return;
    }
    // First, so that the spans which they finish at the end of the process are sent with the others.
    instrumentHttp();
    instrumentHttp2();
    instrumentFetch();
    instrumentFrameworks(script, warn);
    if (!isRegistered) {
      registerTracer(configuration, configuration.serviceName ?? programName(script));
    }
  } catch (error) {
    warn(`The program is not traced: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function registerTracer(configuration: Configuration, serviceName: string): void {
  const { exporter, propagation = DEFAULT_PROPAGATION, sampling, traceId128 } = configuration;
  const common = { propagation, traceId128, sampler: samplerOf(sampling) };
  if (exporter.kind === 'none' || exporter.kind === 'console') {
    const scopeManager = new AsyncLocalStorageScopeManager();
    const recorder =
      exporter.kind === 'console' ? consoleRecorder(serviceName) : { recordSpan() {} };
    const tracer = new BasicTracer({ ...common, scopeManager, recorder });
    if (configuration.hasCallSites) {
      tagCallSites(tracer);
    }
    setGlobalTracer(tracer);
    return;
  }
  const batches = {
    flushAtExit: false,
    flushIntervalMs: isMainThread ? undefined : WORKER_FLUSH_INTERVAL_MS,
  };
  const create = (spool?: SpoolOptions): BasicTracer => {
    if (exporter.kind === 'zipkin') {
      const { url } = exporter;
      return createZipkinTracer({ ...common, ...batches, serviceName, url, spool });
    }
    const { url, encoding, headers, timeoutMs } = exporter;
    return createOtlpTracer({
      ...common,
      ...batches,
      propagation: configuration.propagation,
      serviceName,
      resource: configuration.resource,
      url,
      encoding,
      headers,
      timeoutMs,
      spool,
    });
  };
  const tracer = spoolingTracer(create, configuration.spoolDir) ?? create();
  if (configuration.hasCallSites) {
    tagCallSites(tracer);
  }
  const openSpans = configuration.sendsOpenSpans ? reportOpenSpans(tracer) : undefined;
  setGlobalTracer(tracer);
  flushAtExit({ tracer, warn, before: openSpans?.reportAll });
}

/** To the standard error stream, since the output of a program may be what another reads. */
function consoleRecorder(serviceName: string): ConsoleRecorder {
  return new ConsoleRecorder({
    serviceName,
    write: (line) => void process.stderr.write(`${line}\n`),
  });
}

/** A directory that cannot be used is no reason to trace nothing. */
function spoolingTracer(
  create: (spool: SpoolOptions) => BasicTracer,
  dir: string | undefined,
): BasicTracer | null {
  try {
    return dir === undefined ? null : create({ dir });
  } catch (error) {
    if (error instanceof SpoolError) {
      const reason = error.cause instanceof Error ? error.cause.message : error.message;
      warn(
        `OPENTRACING_SPOOL_DIR is '${dir}', where spans cannot be spooled (${reason}); ` +
          'give a directory that this process may write to',
      );
      return null;
    }
    throw error;
  }
}

function samplerOf({ rate, overrulesCallers }: Sampling): Sampler {
  const sampler = new ProbabilitySampler(rate);
  return overrulesCallers
    ? new ParentBasedSampler({
        root: sampler,
        remoteParentSampled: sampler,
        remoteParentNotSampled: sampler,
      })
    : sampler;
}

function warn(sentence: string): void {
  console.warn(`opentracing-ts: ${sentence}`);
}
