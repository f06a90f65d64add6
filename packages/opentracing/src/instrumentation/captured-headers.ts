import { readCarrier } from '../carriers.js';
import type { Span } from '../span.js';
import { isSecretName, redactHeader } from './secrets.js';

/** What a `Headers` can be asked for. */
const NAME = /^[\w!#$%&'*+.^`|~-]+$/;

/** Sets the tags for headers; `headers` is a plain object, a `Headers`, a `Map` or an array. */
export type CaptureHeaders = (span: Span, headers: object) => void;

/**
 * What turns headers into tags; `null` where none are to be captured.
 *
 * @param tag - how the tags begin: `http.request.header.`
 * @param names - of the headers, in any case
 * @param onError - told of the names that carry secrets, which are left out
 * @internal
 */
export function captureHeaders(
  tag: string,
  names: readonly string[] | undefined,
  onError: (error: Error) => void,
): CaptureHeaders | null {
  const lowerCase = [...new Set(names?.map((name) => name.toLowerCase()))].filter((name) => {
    if (!NAME.test(name)) {
      onError(new Error(`'${name}' is no name of a header, so that none can be captured.`));
    }
    return NAME.test(name);
  });
  const secret = lowerCase.filter(isSecretName);
  if (secret.length > 0) {
    const list = secret.map((name) => `'${name}'`).join(', ');
    onError(new Error(`Headers that carry secrets are never captured: ${list}.`));
  }
  const tags = lowerCase
    .filter((name) => !isSecretName(name))
    .map((name) => [name, tag + name] as const);
  if (tags.length === 0) {
    return null;
  }
  return (span, headers) => {
    for (const [name, key] of tags) {
      const value = readCarrier(headers, name);
      if (value !== undefined) {
        span.setTag(key, redactHeader(value));
      }
    }
  };
}
