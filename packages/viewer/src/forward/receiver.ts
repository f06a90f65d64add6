import { messageOf } from '../errors.js';
import { otlpOf } from '../model/otlp-json.js';
import type { Span } from '../model/span.js';
import { RELAYED_BY } from './relayed-by.js';

/** How long a receiver may take to answer, in milliseconds. */
const TIMEOUT = 10_000;
/** How long a receiver may have us wait, in milliseconds. */
const LONGEST_WAIT = 60_000;
/** Characters of an answer that are read and told. */
const TOLD = 200;

/** Says to another collector like this one that the spans are not the program's own request. */
const RELAYED = { [RELAYED_BY]: 'opentracing-viewer' };

/** What a receiver made of a batch. */
export type Verdict =
  /** It took them, apart from `refused`, of which it said `reason`. */
  | { kind: 'taken'; refused: number; reason: string }
  /** It will never take them as they are: something in them is wrong, or they are too many. */
  | { kind: 'refused'; reason: string }
  /**
   * It takes nothing now: it is away, busy, or its address or our headers are wrong. A slow one may have
   * taken fewer spans in time.
   */
  | { kind: 'unavailable'; reason: string; waitMs?: number; isSlow?: boolean };

/** Where spans are relayed to. */
export interface Receiver {
  /** The address that spans are posted to, without its query, which may be secret. */
  readonly name: string;
  /** @param stop ends the request, which then was in vain */
  send(spans: readonly Span[], stop: AbortSignal): Promise<Verdict>;
}

/**
 * A receiver of Zipkin's spans, or of OpenTelemetry's where the address ends in `/v1/traces`.
 * @param to `http://host:9411`, with or without `/api/v2/spans`, or `http://host:4318/v1/traces`
 * @param headers sent with every request and never shown
 */
export function receiverAt(to: URL, headers: Readonly<Record<string, string>>): Receiver {
  const target = new URL(to);
  const isOtlp = target.pathname.endsWith('/v1/traces');
  if (!isOtlp && !target.pathname.endsWith('/api/v2/spans')) {
    target.pathname = `${target.pathname.replace(/\/$/, '')}/api/v2/spans`;
  }
  return {
    name: target.origin + target.pathname,
    async send(spans, stop) {
      try {
        const response = await fetch(target, {
          method: 'POST',
          headers: { ...headers, ...RELAYED, 'content-type': 'application/json', b3: '0' },
          body: JSON.stringify(isOtlp ? otlpOf(spans) : spans),
          // Where a redirect leads is not where the headers may go.
          redirect: 'manual',
          signal: AbortSignal.any([stop, AbortSignal.timeout(TIMEOUT)]),
        });
        return await verdictOf(response, isOtlp);
      } catch (error) {
        return { kind: 'unavailable', reason: reasonOf(error), isSlow: isTimeout(error) };
      }
    },
  };
}

async function verdictOf(response: Response, isOtlp: boolean): Promise<Verdict> {
  const { status, headers } = response;
  const text = await beginningOf(response);
  const said = text.replace(/\s+/g, ' ').trim().slice(0, TOLD);
  const reason = `it answers ${status}${said === '' ? '' : `: ${said}`}`;
  if (response.ok) return isOtlp ? partialSuccess(text) : { kind: 'taken', refused: 0, reason: '' };
  if (status === 400 || status === 413 || status === 422) return { kind: 'refused', reason };
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return {
    kind: 'unavailable',
    reason,
    ...(seconds > 0 ? { waitMs: Math.min(seconds * 1_000, LONGEST_WAIT) } : {}),
  };
}

/** A receiver of OTLP may take a batch and say which of its spans it left out. */
function partialSuccess(text: string): Verdict {
  const taken: Verdict = { kind: 'taken', refused: 0, reason: '' };
  try {
    const { partialSuccess: partial } = JSON.parse(text);
    const refused = Number(partial?.rejectedSpans ?? 0);
    if (!(refused > 0)) return taken;
    return { kind: 'taken', refused, reason: String(partial.errorMessage ?? '').slice(0, TOLD) };
  } catch {
    return taken;
  }
}

/** An answer may be long, and only its beginning says something to people. */
async function beginningOf(response: Response): Promise<string> {
  if (response.body === null) return '';
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > 8_192) break;
  }
  return text;
}

function reasonOf(error: unknown): string {
  if (isTimeout(error)) return `no answer within ${TIMEOUT / 1_000} seconds`;
  const cause = error instanceof Error ? error.cause : undefined;
  // Where a name has several addresses, the cause is a list of failures without a sentence of its own.
  const [first] = cause instanceof AggregateError ? cause.errors : [cause];
  return messageOf(first ?? error);
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}
