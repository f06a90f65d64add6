import { isIP } from 'node:net';
import { hostname } from 'node:os';
import type { MiddlewareHandler } from 'hono';

/** Listening on these means listening on every address of the machine. */
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);

const SECURITY_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** Puts the headers that tell a browser to be strict on every answer. */
export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
};

/**
 * Keeps web pages of strangers away from the traces of this machine. A browser will send a request
 * to the loopback for any page, so a loopback address alone is no protection:
 * - a foreign `Host` is a page whose name was pointed at this machine (DNS rebinding);
 * - a foreign `Origin` is another page's script or form;
 * - a request of another site without an `Origin` (`Sec-Fetch-Site`) is a picture or script element.
 *
 * Programs in a browser on this machine (any port) may post spans, with CORS.
 * @param listenHost the host that the server was told to listen on
 */
export function guard(listenHost: string): MiddlewareHandler {
  return async (c, next) => {
    const host = hostOf(`http://${c.req.header('host') ?? ''}`);
    if (host === undefined || !isOwnHost(host, listenHost)) {
      return c.text('this host name is not answered here: use localhost or 127.0.0.1', 403);
    }
    const origin = c.req.header('origin');
    if (origin !== undefined && !isOwnOrigin(origin, host)) {
      return c.text('requests of pages from other origins are not answered here', 403);
    }
    const crossSite = c.req.header('sec-fetch-site') === 'cross-site';
    if (crossSite && origin === undefined && c.req.header('sec-fetch-mode') !== 'navigate') {
      return c.text('requests of pages from other sites are not answered here', 403);
    }
    return next();
  };
}

/** Lets browser programs whose origin passed the guard post spans, and no more. */
export const allowPosts: MiddlewareHandler = async (c, next) => {
  const origin = c.req.header('origin');
  if (origin === undefined || !['POST', 'OPTIONS'].includes(c.req.method)) return next();
  c.header('Access-Control-Allow-Origin', origin);
  c.header('Vary', 'Origin');
  if (c.req.method !== 'OPTIONS') return next();
  c.header('Access-Control-Allow-Methods', 'POST');
  c.header('Access-Control-Max-Age', '86400');
  const headers = c.req.header('access-control-request-headers');
  if (headers !== undefined) c.header('Access-Control-Allow-Headers', headers);
  return c.body(null, 204);
};

/** This machine, or the very address at which the page was opened. */
function isOwnOrigin(origin: string, host: string): boolean {
  const name = hostOf(origin);
  return name !== undefined && (isLoopback(name) || name === host);
}

/** @param host without brackets and port, lower-case */
function isOwnHost(host: string, listenHost: string): boolean {
  if (isLoopback(host) || host === listenHost.toLowerCase()) return true;
  // An address cannot be pointed elsewhere, unlike a name: rebinding needs a name.
  return WILDCARDS.has(listenHost) && (isIP(host) !== 0 || host === hostname().toLowerCase());
}

function isLoopback(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost') || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function hostOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { hostname: name, protocol } = new URL(url);
  if (protocol !== 'http:' && protocol !== 'https:') return undefined;
  const host = name.replace(/^\[|\]$/g, '');
  return host === '' ? undefined : host;
}
