/** Names of headers and of parameters whose values let somebody in. "author" is none. */
const SECRET_NAME =
  /auth(?!or(?!iz))|cookie|token|secret|passw|passphrase|(?:\b|_)pwd\b|credential|session|signature|jwt|api[-_.]?key|(?:access|private|secret)[-_.]?key/i;

/** Names that are too short to be looked for inside others. */
const SECRET_PARAMETERS = new Set([
  'code',
  'key',
  'nonce',
  'otp',
  'pass',
  'pin',
  'pw',
  'sid',
  'sig',
  'state',
]);

/** A JSON Web Token, also after `Bearer`. */
const JWT = /\beyJ[\w-]+\.[\w-]/;

/** Anything long without a space that mixes letters and digits as random text does. */
const RANDOM = /^(?=[\w.~+/=-]*\d)(?=[\w.~+/=-]*[a-z])[\w.~+/=-]{32,}$/i;

/** How deep a parameter may stand in the value of another, as in the address to return to. */
const DEPTH = 3;

const REDACTED = 'REDACTED';

/** @internal Whether a header of that name carries a secret, such as `authorization` or `x-csrf-token`. */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}

/**
 * A query without the values that look like tokens; nothing else of it changes.
 *
 * @param query - with or without the leading `?`
 * @internal
 */
export function redactQuery(query: string, depth = DEPTH): string {
  return query.replace(/([^?&;=]+)(?:=([^&;]*))?/g, (parameter, name: string, value?: string) => {
    if (value === undefined) {
      return isSecretValue(decoded(name), depth) ? REDACTED : parameter;
    }
    const isSecret =
      value !== '' && (isSecretParameter(decoded(name)) || isSecretValue(decoded(value), depth));
    return isSecret ? `${name}=${REDACTED}` : parameter;
  });
}

/** @internal The value of a header without the tokens in it, and in the queries of its addresses. */
export function redactHeader(value: string): string {
  return JWT.test(value)
    ? REDACTED
    : value.replace(/\?[^\s"'<>,]+/g, (query) => redactQuery(query));
}

function isSecretParameter(name: string): boolean {
  return (
    isSecretName(name) ||
    name.split(/[[\].]/).some((part) => SECRET_PARAMETERS.has(part.toLowerCase()))
  );
}

function isSecretValue(value: string, depth: number): boolean {
  return (
    JWT.test(value) ||
    RANDOM.test(value) ||
    (depth > 0 && /=|%3d/i.test(value) && redactQuery(value, depth - 1) !== value)
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // What can be read of it.
    return text.replace(/%([2-7][\da-f])/gi, (_, code) => String.fromCharCode(Number(`0x${code}`)));
  }
}
