/** An IP address as text and as the bytes that stand for it: 4 or 16. */
export interface IpAddress {
  readonly text: string;
  readonly bytes: readonly number[];
}

const BYTE = /^(?:0|[1-9]\d{0,2})$/;
const GROUP = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;
/** What an IPv4 address begins with where an IPv6 address is asked for. */
const MAPPED = [0, 0, 0, 0, 0, 0xffff];

/**
 * The address that a text stands for: IPv4 in dotted notation, IPv6 in every notation of RFC 4291, the
 * zone of RFC 4007 left out. An IPv4 address mapped to IPv6 (`::ffff:127.0.0.1`) is the IPv4 address,
 * as Zipkin has it.
 *
 * @returns `null` for anything else
 * @internal
 */
export function parseIp(text: string): IpAddress | null {
  if (!text.includes(':')) {
    const bytes = parseIpv4(text);
    return bytes && { text, bytes };
  }
  const address = text.split('%', 1)[0] as string;
  const groups = parseGroups(address);
  if (groups === null) {
    return null;
  }
  const bytes = groups.flatMap((group) => [group >> 8, group & 0xff]);
  if (MAPPED.every((group, i) => group === groups[i])) {
    const last = bytes.slice(12);
    return { text: last.join('.'), bytes: last };
  }
  return { text: address, bytes };
}

function parseIpv4(text: string): number[] | null {
  const parts = text.split('.');
  const isAddress =
    parts.length === 4 && parts.every((part) => BYTE.test(part) && Number(part) < 256);
  return isAddress ? parts.map(Number) : null;
}

/** The eight groups of an IPv6 address; `::` stands for as many zeros as are missing, one at least. */
function parseGroups(address: string): number[] | null {
  const halves = address.split('::');
  const [left, right] = halves.map(parseHalf);
  if (!left || halves.length > 2) {
    return null;
  }
  if (halves.length === 1) {
    return left.length === GROUPS ? left : null;
  }
  const missing = right ? GROUPS - left.length - right.length : 0;
  return right && missing > 0 ? [...left, ...new Array<number>(missing).fill(0), ...right] : null;
}

function parseHalf(half: string): number[] | null {
  const groups: number[] = [];
  const parts = half === '' ? [] : half.split(':');
  for (const [i, part] of parts.entries()) {
    const ipv4 = i === parts.length - 1 ? parseIpv4(part) : null;
    if (ipv4 !== null) {
      const [a, b, c, d] = ipv4 as [number, number, number, number];
      groups.push(a * 256 + b, c * 256 + d);
    } else if (GROUP.test(part)) {
      groups.push(Number.parseInt(part, 16));
    } else {
      return null;
    }
  }
  return groups;
}
