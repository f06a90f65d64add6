import { describeValue } from '../describe-value.js';
import { HTTP_TRANSPORT_OPTIONS, type HttpTransportOptions } from './http-transport.js';
import type { SpoolOptions } from './spool-options.js';
import type { Transport } from './transport.js';

/** What the exporters have in common. */
export interface ExporterOptions extends Omit<HttpTransportOptions, 'url'> {
  /** The name of the service that the spans belong to. */
  serviceName: string;
  /** Delivers the encoded batches in another way than by HTTP; `url` is then not used. */
  transport?: Transport | undefined;
  /**
   * How large a body is at most, in bytes before it is compressed: a batch that takes more is sent in
   * several, and only a single span may be larger. By default 1 MiB.
   */
  maxBodyBytes?: number | undefined;
  /** Where spans wait that cannot be sent, so that they outlive the program; by default nowhere. */
  spool?: SpoolOptions | undefined;
  /**
   * Told once of each kind of trouble with the spool, once of a warning of the collector, and of options
   * whose names look mistyped. By default it is written to the standard error stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

/** @internal */
export const EXPORTER_OPTIONS: Readonly<Record<keyof ExporterOptions | 'url' | 'encoding', true>> =
  {
    ...HTTP_TRANSPORT_OPTIONS,
    serviceName: true,
    transport: true,
    encoding: true,
    maxBodyBytes: true,
    spool: true,
    onError: true,
  };

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/**
 * @param of - the class or function that takes the name
 * @throws TypeError unless it is text
 * @internal
 */
function checkServiceName(of: string, serviceName: unknown): void {
  if (typeof serviceName !== 'string' || serviceName === '') {
    throw new TypeError(
      `The serviceName is ${describeValue(serviceName)}; ` +
        `give the service a name, such as ${of}({ serviceName: 'orders' }).`,
    );
  }
}

/**
 * Tells of what is wrong with the options whatever the exporter.
 *
 * @param of - the class or function that takes them
 * @throws TypeError
 * @internal
 */
export function checkExporterOptions(of: string, options: ExporterOptions): void {
  if (typeof options === 'string') {
    const given = describeValue(options);
    throw new TypeError(
      `${of} takes an object with options, not ${given}; ` +
        `give the service its name by ${of}({ serviceName: ${given} }).`,
    );
  }
  checkServiceName(of, options?.serviceName);
  const { transport } = options;
  if (transport !== undefined && typeof transport !== 'function') {
    throw new TypeError(
      `The transport is ${describeValue(transport)}; ` +
        'give a function such as async (body, contentType) => {}.',
    );
  }
}

/**
 * The first of the options where none is given.
 *
 * @throws RangeError for one that is not known
 * @internal
 */
export function checkEncoding<T extends string>(known: readonly [T, T], given: T | undefined): T {
  if (given !== undefined && !known.includes(given)) {
    throw new RangeError(
      `The encoding is ${describeValue(given)}; use '${known[0]}' or '${known[1]}'.`,
    );
  }
  return given ?? known[0];
}

/**
 * @throws RangeError unless it is a whole number above 0
 * @internal
 */
export function checkMaxBodyBytes(given: number | undefined): number {
  const bytes = given ?? DEFAULT_MAX_BODY_BYTES;
  if (!Number.isInteger(bytes) || bytes < 1) {
    throw new RangeError(
      `maxBodyBytes is ${describeValue(bytes)}; it has to be a whole number above 0.`,
    );
  }
  return bytes;
}

/**
 * The address of a collector: where only the host is given, with the path under which its kind listens.
 *
 * @param byDefault - where it listens when nothing else is said
 * @internal
 */
export function collectorUrl(
  given: HttpTransportOptions['url'] | undefined,
  byDefault: string,
): HttpTransportOptions['url'] {
  if (given === undefined) {
    return byDefault;
  }
  // By its text: parsed, a URL without a path has the path '/', as one has that means just that.
  const text = given instanceof URL ? given.href.replace(/\/$/, '') : given;
  const isHostAlone =
    typeof text === 'string' && URL.canParse(text) && /^https?:\/\/[^\s/\\?#]+$/i.test(text);
  return isHostAlone ? text + new URL(byDefault).pathname : given;
}
