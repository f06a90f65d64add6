/** Names of headers and of parameters whose values let somebody in. "author" is none. */
const SECRET_NAME =
  /auth(?!or(?!iz))|cookie|token|secret|passw|passphrase|\bpwd\b|credential|session|signature|jwt|api[-_.]?key|(?:access|private|secret)[-_.]?key/i;

/** Names that are too short to be looked for inside others. */
const SECRET_PARAMETERS = new Set(['code', 'key', 'otp', 'pin', 'sid', 'sig', 'state', 'nonce']);

/** A JSON Web Token, or anything long without a space that mixes letters and digits as random text does. */
const SECRET_VALUE = /^eyJ[\w-]+\.|^(?=[\w.~+/=-]*\d)(?=[\w.~+/=-]*[a-z])[\w.~+/=-]{32,}$/i;

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
export function redactQuery(query: string): string {
  return query.replace(/([^?&;=]+)=([^&;]*)/g, (parameter, name: string, value: string) =>
    isSecretParameter(decoded(name), decoded(value)) ? `${name}=${REDACTED}` : parameter,
  );
}

function isSecretParameter(name: string, value: string): boolean {
  return (
    value !== '' &&
    (isSecretName(name) || SECRET_PARAMETERS.has(name.toLowerCase()) || SECRET_VALUE.test(value))
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
