import { describeValue } from '../describe-value.js';
import type { HttpTransportOptions } from './http-transport.js';
import type { SpoolOptions } from './spool.js';
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
   * Told once of each kind of trouble with the spool. By default it is written to the standard error
   * stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

const DEFAULT_MAX_BODY_BYTES = 1024 * 1024;

/**
 * @param of - the class or function that takes the name
 * @throws TypeError unless it is text
 * @internal
 */
export function checkServiceName(of: string, serviceName: unknown): void {
  if (typeof serviceName !== 'string' || serviceName === '') {
    throw new TypeError(
      `The serviceName is ${describeValue(serviceName)}; ` +
        `give the service a name, such as ${of}({ serviceName: 'orders' }).`,
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
export function collectorUrl(given: string | undefined, byDefault: string): string {
  if (given === undefined) {
    return byDefault;
  }
  // By its text: parsed, a URL without a path has the path '/', as one has that means just that.
  const isHostAlone = URL.canParse(given) && /^https?:\/\/[^\s/\\?#]+$/i.test(given);
  return isHostAlone ? given + new URL(byDefault).pathname : given;
}
