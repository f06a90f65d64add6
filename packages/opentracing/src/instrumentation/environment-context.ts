import { describeValue } from '../describe-value.js';
import { FORMAT_HTTP_HEADERS } from '../propagation.js';
import type { SpanContext } from '../span-context.js';
import { checkInstrumentationOptions, tellMistyped } from './check-instrumentation-options.js';
import { createGuard } from './guard.js';
import type { InstrumentationOptions } from './options.js';
import { injectInto, type SendOptions, tracerOf } from './span-to-send.js';

/** The variables of a process, by their names. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which environment goes along to a child process. */
export interface EnvironmentOptions extends SendOptions {
  /** The variables that the child gets besides; by default `process.env`. */
  env?: Environment | undefined;
}

/** Which environment brings a context. */
export interface InheritedOptions extends InstrumentationOptions {
  /** The variables; by default `process.env`. */
  env?: Environment | undefined;
}

const KNOWN: Readonly<Record<keyof EnvironmentOptions, true>> = {
  tracer: true,
  onError: true,
  span: true,
  env: true,
};
const INSIDE = 'env: { … } around it';

/** The names that the specification has for variables, which are those that are read. */
const NORMALIZED = /^[A-Z_][A-Z0-9_]*$/;

/**
 * The environment for a child process, with the context of the active span in it: for `env` of `spawn`,
 * `fork` and `Worker`. The variables are called as the headers of the tracer, in upper case and with `_`
 * for anything but letters and digits: `TRACEPARENT` and `BAGGAGE` with `propagation: ['tracecontext',
 * 'baggage']`, as the programs of others expect, `X_B3_TRACEID` and so on with B3.
 *
 * Whoever may look at the environment of the process sees the baggage.
 *
 * Source: OpenTelemetry specification, "Environment Variables as Context Propagation Carriers".
 *
 * @param options - the environment so far; the span, by default the active one; and the tracer
 * @returns a copy, which is the same where there is no span, no tracer, or a tracer that fails
 * @throws TypeError when the options are of the wrong kind
 * @example
 * ```ts
 * import { execFileSync } from 'node:child_process';
 *
 * const tracer = new BasicTracer({
 *   recorder: new InMemoryRecorder(),
 *   propagation: ['tracecontext'],
 * });
 * const script = 'console.log(process.env.TRACEPARENT.length)';
 * tracer.withActiveSpan('request', () => {
 *   const env = environmentWithContext({ tracer });
 *   console.log(String(execFileSync(process.execPath, ['-e', script], { env })).trim());
 * });
 * ```
 * ```text
 * 55
 * ```
 */
export function environmentWithContext(
  options: EnvironmentOptions = {},
): Record<string, string | undefined> {
  const environment = { ...environmentOf('environmentWithContext', options) };
  const inject = createGuard(options.onError)(() => {
    // Over what this process itself was given: a tracer takes out what would contradict it.
    const inherited = carrierOf(environment);
    const carrier = { ...inherited };
    injectInto(options, FORMAT_HTTP_HEADERS, carrier);
    return { inherited, carrier };
  });
  const { inherited = {}, carrier = {} } = inject() ?? {};
  for (const [name, value] of Object.entries(carrier)) {
    if (inherited[name] !== value) {
      environment[variableOf(name)] = value;
    }
  }
  for (const name of Object.keys(inherited)) {
    if (!(name in carrier)) {
      delete environment[variableOf(name)];
    }
  }
  return environment;
}

/**
 * The context that the parent process has put into the environment, for the first span of this one:
 * `tracer.withActiveSpan('main', { childOf: contextFromEnvironment() }, main)`. The names of headers
 * come back in lower case and with `-` for `_`; baggage whose keys are part of names of headers, as those
 * of `ottrace` and Jaeger are, has its keys so too.
 *
 * Source: OpenTelemetry specification, "Environment Variables as Context Propagation Carriers".
 *
 * @param options - the tracer, by default the global one, and the environment
 * @returns `null` where there is none, no tracer, or one that cannot read it
 * @throws TypeError when the options are of the wrong kind
 * @example
 * ```ts
 * const tracer = new BasicTracer({
 *   recorder: new InMemoryRecorder(),
 *   propagation: ['tracecontext'],
 * });
 * const env = { TRACEPARENT: '00-463ac35c9f6413ad463ac35c9f6413ad-a2fb4a1d1a96d312-01' };
 * const parent = contextFromEnvironment({ tracer, env });
 * tracer.withActiveSpan('main', { childOf: parent }, (span) => {
 *   console.log(span.context().toTraceId());
 * });
 * ```
 * ```text
 * 463ac35c9f6413ad463ac35c9f6413ad
 * ```
 */
export function contextFromEnvironment(options: InheritedOptions = {}): SpanContext | null {
  const environment = environmentOf('contextFromEnvironment', options);
  const extract = createGuard(options.onError)(() =>
    tracerOf(options)?.extract(FORMAT_HTTP_HEADERS, carrierOf(environment)),
  );
  return extract() ?? null;
}

/** @throws TypeError */
function environmentOf(of: string, options: EnvironmentOptions): Environment {
  checkInstrumentationOptions(of, options);
  const variable = Object.keys(options).find((name) => NORMALIZED.test(name));
  tellMistyped(of, options, KNOWN, variable === undefined ? {} : { [variable]: INSIDE });
  const { env = process.env } = options;
  if (typeof env !== 'object' || env === null) {
    throw new TypeError(
      `The env is ${describeValue(env)}; give an object, or leave it out for process.env.`,
    );
  }
  return env;
}

function carrierOf(environment: Environment): Record<string, string> {
  const carrier: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment)) {
    if (value !== undefined && NORMALIZED.test(name)) {
      carrier[name.toLowerCase().replaceAll('_', '-')] = value;
    }
  }
  return carrier;
}

function variableOf(header: string): string {
  return header
    .toUpperCase()
    .replace(/[^A-Z0-9_]/g, '_')
    .replace(/^(?=\d|$)/, '_');
}
