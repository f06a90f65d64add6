import { redactQuery } from './secrets.js';

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/**
 * The value of the tag `http.url`: without user name and password, without fragment, and without query,
 * whose values are often secrets and always many, unless it is asked for.
 *
 * @param origin - such as `http://127.0.0.1:8080`; ignored when `target` is an absolute URL
 * @param target - the path with its query, an absolute URL as proxies get them, or what `CONNECT` has: a
 *   host and a port, which stand as they are
 * @param withQuery - whether the query is to be there too, values that look like tokens replaced
 * @internal
 */
export function urlTag(origin: string, target: string, withQuery = false): string {
  const end = target.search(/[?#]/);
  const path = end === -1 ? target : target.slice(0, end);
  const query =
    withQuery && end !== -1 && target[end] === '?'
      ? redactQuery(target.slice(end).split('#', 1)[0] as string)
      : '';
  const scheme = path.startsWith('/') ? undefined : SCHEME.exec(path)?.[0];
  if (scheme === undefined) {
    return isNoPath(path) ? path : origin + path + query;
  }
  const rest = path.slice(scheme.length);
  const slash = rest.indexOf('/');
  const authority = slash === -1 ? rest : rest.slice(0, slash);
  return scheme + rest.slice(authority.lastIndexOf('@') + 1) + query;
}

function isNoPath(target: string): boolean {
  return target !== '' && !target.startsWith('/');
}
