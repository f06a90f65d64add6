/**
 * The CRC-32 of zlib and Ethernet, for runtimes whose `node:zlib` has none.
 *
 * @internal
 */
export function makeCrc32(): (bytes: Uint8Array) => number {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) {
      crc = crc & 1 ? 0xed_b8_83_20 ^ (crc >>> 1) : crc >>> 1;
    }
    return crc;
  });
  return (bytes) => {
    let crc = -1;
    for (const byte of bytes) {
      crc = (table[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
    }
    return ~crc >>> 0;
  };
}
