import type { Endpoint } from '../../model/span.js';

export { serviceOf } from '../../model/label.js';

/** An endpoint in one line, with whatever parts it has: `orders 127.0.0.1:8080`. */
export function endpointText({ serviceName, ipv4, ipv6, port }: Endpoint): string {
  const host = ipv4 ?? (ipv6 !== undefined && port !== undefined ? `[${ipv6}]` : ipv6);
  const suffix = port === undefined ? '' : host === undefined ? `port ${port}` : `:${port}`;
  return [serviceName, `${host ?? ''}${suffix}`].filter(Boolean).join(' ');
}
