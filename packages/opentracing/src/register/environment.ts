import { withoutPassword } from '../exporters/without-password.js';
import { OTLP_PROPAGATION } from '../otlp/create-otlp-tracer.js';
import { PROPAGATION_FORMATS, type PropagationFormat } from '../propagation/index.js';
import { type ExporterConfiguration, readExporter } from './exporter-environment.js';
import { parseNames } from './names.js';
import { parsePairs } from './pairs.js';

/** What the environment variables say; see docs/configuration.md for the table of them. */
export interface Configuration {
  /** Whether anything is traced at all. */
  isEnabled: boolean;
  /** `undefined` where none is given: the program's own name is taken. */
  serviceName: string | undefined;
  /** Where the spans go, and in what form. */
  exporter: ExporterConfiguration;
  /** What else describes the program. */
  resource: Record<string, string>;
  /** `undefined` where nothing is said, none for no headers. */
  propagation: PropagationFormat[] | undefined;
  /** Which traces are recorded. */
  sampling: Sampling;
  /** Whether new trace ids have 128 bits; `undefined` for the tracer's default. */
  traceId128: boolean | undefined;
  /** The directory of the spool; `undefined` for none. */
  spoolDir: string | undefined;
  /** Whether spans say where in the program they were started. */
  hasCallSites: boolean;
  /** Whether spans are sent that are open for long or at the end of the program. */
  sendsOpenSpans: boolean;
}

/** Which traces are recorded. */
export interface Sampling {
  /** The share of them, from 0 to 1. */
  rate: number;
  /** Whether it goes for those too that a request brings with a decision, which holds otherwise. */
  overrulesCallers: boolean;
}

/**
 * The first variable that is set and understood. Of those before it a sentence says that they are not used;
 * where none is left, `byDefault` says what happens instead.
 */
export type Read = <T>(
  parsers: Readonly<Record<string, Parser<T>>>,
  byDefault?: string,
) => T | undefined;

/** But for OTLP. B3 has no place for baggage, and a program that sets some means it to arrive. */
export const DEFAULT_PROPAGATION: readonly PropagationFormat[] = ['b3multi', 'baggage'];

const PREFIX = 'OPENTRACING_';
const OWN_VARIABLES = [
  'OPENTRACING_SERVICE_NAME',
  'OPENTRACING_TRACES_EXPORTER',
  'OPENTRACING_EXPORTER',
  'OPENTRACING_ZIPKIN_URL',
  'OPENTRACING_OTLP_URL',
  'OPENTRACING_PROPAGATION',
  'OPENTRACING_SAMPLE_RATE',
  'OPENTRACING_TRACE_ID_128',
  'OPENTRACING_SPOOL_DIR',
  'OPENTRACING_CALL_SITES',
  'OPENTRACING_OPEN_SPANS',
  'OPENTRACING_DISABLED',
] as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** Takes the text of a variable, and its name; throws a sentence's end that says what it should have been. */
export type Parser<T> = (text: string, name: string) => T;

/**
 * Reads the configuration from environment variables. Our own names go before OpenTelemetry's; an
 * empty variable is one that is not set.
 *
 * @param env - such as `process.env`
 * @param warn - told, in one sentence each, of values that are not understood and so are not used
 */
export function readEnvironment(env: Environment, warn: (sentence: string) => void): Configuration {
  const read: Read = (parsers, byDefault) => {
    const misunderstood: string[] = [];
    const warnOfAll = (outcome: string) => {
      for (const sentence of misunderstood) {
        warn(`${sentence}; ${outcome}.`);
      }
    };
    for (const [name, parse] of Object.entries(parsers)) {
      const text = env[name]?.trim();
      if (text) {
        try {
          const value = parse(text, name);
          warnOfAll('it is not used');
          return value;
        } catch (error) {
          const shown = withoutPassword(text);
          misunderstood.push(`${name} is '${shown}', but ${(error as Error).message}`);
        }
      }
    }
    warnOfAll(byDefault ?? 'it is not used');
    return undefined;
  };
  warnOfUnknown(env, warn);
  const formats: Parser<PropagationFormat[]> = (text, name) => parseFormats(name, text, warn);
  const { 'service.name': nameInResource, ...resource } =
    read({ OTEL_RESOURCE_ATTRIBUTES: (text, name) => parsePairs(name, text, warn) }) ?? {};
  const name = read({ OPENTRACING_SERVICE_NAME: String, OTEL_SERVICE_NAME: String });
  const exporter = readExporter(read, warn);
  const byDefault = exporter.kind === 'otlp' ? OTLP_PROPAGATION : DEFAULT_PROPAGATION;
  return {
    isEnabled: !read({ OPENTRACING_DISABLED: parseBoolean, OTEL_SDK_DISABLED: parseBoolean }),
    serviceName: name ?? (nameInResource || undefined),
    exporter,
    resource,
    propagation: read(
      { OPENTRACING_PROPAGATION: formats, OTEL_PROPAGATORS: formats },
      `${byDefault.join(',')} is used instead`,
    ),
    sampling: read(
      {
        OPENTRACING_SAMPLE_RATE: (text) => ({ rate: parseRate(text), overrulesCallers: false }),
        OTEL_TRACES_SAMPLER: (sampler) => {
          const rate = read({ OTEL_TRACES_SAMPLER_ARG: parseRate }, '1 is used instead') ?? 1;
          return parseSampler(sampler.toLowerCase(), rate);
        },
      },
      'all traces are recorded',
    ) ?? { rate: 1, overrulesCallers: false },
    traceId128: read({ OPENTRACING_TRACE_ID_128: parseBoolean }),
    spoolDir: read({ OPENTRACING_SPOOL_DIR: String }),
    hasCallSites: read({ OPENTRACING_CALL_SITES: parseBoolean }) ?? false,
    sendsOpenSpans: read({ OPENTRACING_OPEN_SPANS: parseBoolean }) ?? false,
  };
}

/** Other programs have variables that begin with `OTEL_`, so only ours can be told of. */
function warnOfUnknown(env: Environment, warn: (sentence: string) => void): void {
  for (const name of Object.keys(env)) {
    if (name.startsWith(PREFIX) && !(OWN_VARIABLES as readonly string[]).includes(name)) {
      const own = OWN_VARIABLES.map((known) => known.slice(PREFIX.length)).join(', ');
      warn(`${name} is set, but after ${PREFIX} there is only ${own}.`);
    }
  }
}

function parseBoolean(text: string): boolean {
  switch (text.toLowerCase()) {
    case 'true':
    case '1':
      return true;
    case 'false':
    case '0':
      return false;
    default:
      throw new Error('it takes true or false, 1 or 0');
  }
}

function parseRate(text: string): number {
  const rate = Number(text);
  if (!(rate >= 0 && rate <= 1)) {
    throw new Error('it takes a number from 0 to 1');
  }
  return rate;
}

/** The samplers of OpenTelemetry: but for those after `parentbased_`, they overrule the caller. */
function parseSampler(name: string, rate: number): Sampling {
  const overrulesCallers = !name.startsWith('parentbased_');
  switch (name.replace(/^parentbased_/, '')) {
    case 'always_on':
      return { rate: 1, overrulesCallers };
    case 'always_off':
      return { rate: 0, overrulesCallers };
    case 'traceidratio':
      return { rate, overrulesCallers };
    default:
      throw new Error(
        'it takes always_on, always_off or traceidratio, each after parentbased_ too',
      );
  }
}

function parseFormats(
  variable: string,
  text: string,
  warn: (sentence: string) => void,
): PropagationFormat[] {
  const names = parseNames(text);
  const known = names.filter(isFormat);
  const all = PROPAGATION_FORMATS.join(', ');
  if (known.length === 0 && !names.includes('none')) {
    throw new Error(`it takes a list of ${all}, or none`);
  }
  for (const name of names) {
    if (!isFormat(name) && name !== 'none') {
      warn(`'${name}' in ${variable} is not one of ${all}, so it is left out.`);
    }
  }
  return known;
}

function isFormat(name: string): name is PropagationFormat {
  return (PROPAGATION_FORMATS as readonly string[]).includes(name);
}
