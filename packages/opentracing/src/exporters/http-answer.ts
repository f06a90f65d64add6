import { ExportError } from '../basictracer/span-exporter.js';
import { inOneLine } from './in-one-line.js';

/** What a collector answered. */
export interface HttpAnswer {
  /** The status; 0 for a redirect that a browser does not let us see. */
  status: number;
  /** The header `Retry-After`. */
  retryAfter: string | null;
  /** The header `Location`. */
  location: string | null;
  /** The beginning of the body, {@link MAX_ANSWER_BYTES} at most. */
  body: Uint8Array;
}

/** How much of an answer is read: more than any collector says. */
export const MAX_ANSWER_BYTES = 65_536;

/** The answers after which the same spans may be accepted later. */
export const DEFAULT_RETRY_STATUSES: readonly number[] = [408, 429, 500, 502, 503, 504];

const MAX_REASON_LENGTH = 200;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** Whether the collector took the spans. */
export function isAccepted(answer: HttpAnswer): boolean {
  return answer.status >= 200 && answer.status < 300;
}

/** An answer that is no acceptance, as an error that says what may be done. */
export function refusal(
  url: URL,
  answer: HttpAnswer,
  retryStatuses: readonly number[],
): ExportError {
  const { status } = answer;
  const retryable = retryStatuses.includes(status);
  return new ExportError(
    `The collector at ${withoutSecrets(url)} ${answeredWith(answer)}${retryable ? '; while the program runs, spans wait until it takes them' : remedy(url, answer)}`,
    {
      retryable,
      retryAfterMs: retryable ? retryAfterMs(answer.retryAfter) : undefined,
      // One span that it cannot read, or too many bytes: the others may be right.
      divisible: !retryable && (status === 400 || status === 413 || status === 422),
    },
  );
}

function answeredWith({ status, body }: HttpAnswer): string {
  if (status === 0) {
    return 'answered with a redirect';
  }
  const reason = inOneLine(new TextDecoder().decode(body.subarray(0, 4 * MAX_REASON_LENGTH)));
  return `answered ${status}${reason && `: ${reason.slice(0, MAX_REASON_LENGTH)}`}`;
}

function remedy(url: URL, { status, location }: HttpAnswer): string {
  if (status === 404 || status === 405) {
    return '; is the path right, such as /api/v2/spans for Zipkin and /v1/traces for OTLP?';
  }
  if (status === 401 || status === 403) {
    return '; does it want credentials in the option headers?';
  }
  if (status < 400) {
    const isKnown = location !== null && URL.canParse(location, url.href);
    const address = isKnown ? ` (${withoutSecrets(new URL(location, url))})` : '';
    return `; redirects are not followed, so give the address itself as url${address}`;
  }
  return '';
}

/**
 * How long the collector asks to wait, in milliseconds, an hour at most; `undefined` when it does not
 * say.
 *
 * Source: RFC 9110, section 10.2.3: seconds, or a date.
 */
function retryAfterMs(header: string | null): number | undefined {
  const text = header?.trim() ?? '';
  const isNumber = /^\d+$/.test(text);
  // Date.parse takes a lot for a date.
  if (!isNumber && !text.endsWith('GMT')) {
    return undefined;
  }
  const delay = isNumber ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(delay) ? undefined : Math.min(Math.max(delay, 0), MAX_RETRY_AFTER_MS);
}

/**
 * No answer came.
 *
 * @param cause - of a request that may be made again; `undefined` at the end of the program
 * @param lateMs - for how long an answer was waited for, where none came in time
 */
export function unreachable(url: URL, why: string, cause?: unknown, lateMs?: number): ExportError {
  const reason = lateMs === undefined ? inOneLine(why) : `no answer in ${lateMs} ms`;
  const remedy = cause === undefined ? '' : '; while the program runs, spans wait until it can';
  return new ExportError(
    `The collector at ${withoutSecrets(url)} cannot be reached (${reason})${remedy}`,
    { cause, retryable: true, noAnswer: lateMs === undefined ? 'unreachable' : 'timeout' },
  );
}

/** The URL as it may stand in a message: a name and password or a key in the query may not. */
function withoutSecrets(url: URL): string {
  return url.origin + url.pathname;
}
