/** How a service is coloured: a hue in degrees and one of three tones, for the style sheet. */
export interface ServiceColour {
  hue: number;
  /** 0, 1 or 2. */
  tone: number;
}

/** Tried out so that names that are often met in one trace are far apart. */
const seed = 99_363;

/**
 * The colour of a service: by its name alone, so that it is the same on every page and every day.
 * The hues are those from 50 to 79 and from 125 to 344: the rest is red, which says error, and
 * what turns muddy when it is dark enough to be seen on white.
 */
export function serviceColour(service: string): ServiceColour {
  const hash = hashOf(service);
  const place = hash % 250;
  return { hue: place < 30 ? 50 + place : 95 + place, tone: Math.floor(hash / 250) % 3 };
}

/** FNV-1a over the UTF-16 code units, with a last mixing step so that similar names spread. */
function hashOf(text: string): number {
  let hash = seed;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
