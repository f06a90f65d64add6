const hues = 12;
const tones = 3;

/** How a service is coloured: a hue in degrees and one of three tones, for the style sheet. */
export interface ServiceColour {
  hue: number;
  tone: number;
}

/**
 * The colour of a service: by its name alone, so that it is the same on every page and every day.
 * The hues leave out red, which says error.
 */
export function serviceColour(service: string): ServiceColour {
  const hash = fnv1a(service);
  return { hue: 60 + (hash % hues) * 25, tone: Math.floor(hash / hues) % tones };
}

/** FNV-1a over the UTF-16 code units, with a last mixing step so that short names spread. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return (hash ^ (hash >>> 12)) >>> 0;
}
