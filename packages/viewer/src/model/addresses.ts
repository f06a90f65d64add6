const IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const IPV6_DIGITS = /^[0-9a-f:.]+$/i;
const IPV4_MAPPED = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/;

/** An address in the field that Zipkin has for it. */
export type IpAddress = { ipv4: string } | { ipv6: string };

/**
 * Reads a dotted IPv4 address, or an IPv6 address in any of its spellings: the canonical one
 * (RFC 5952) is answered, and an IPv4-mapped address is an IPv4 address.
 * @returns undefined for a text that is no address, such as a name
 */
export function parseAddress(text: string): IpAddress | undefined {
  if (IPV4.test(text)) return { ipv4: text };
  const isCandidate = text.includes(':') && IPV6_DIGITS.test(text);
  if (!isCandidate || !URL.canParse(`http://[${text}]`)) return undefined;
  // The URL parser knows the canonical form of an IPv6 address.
  const ipv6 = new URL(`http://[${text}]`).hostname.slice(1, -1);
  const mapped = IPV4_MAPPED.exec(ipv6);
  if (mapped === null) return { ipv6 };
  const [high = 0, low = 0] = mapped.slice(1).map((digits) => Number.parseInt(digits, 16));
  return { ipv4: `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}` };
}
