// Controls of the terminal (C0, DEL, C1), and what reorders or hides text: bidirectional controls,
// zero-width characters, line and paragraph separators, language tags.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\u{e0000}-\u{e007f}]/gu;
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const COMBINING = /\p{Mark}/u;

/**
 * Text of a span, fit for a terminal: what could move the cursor, change colours or reverse the
 * direction of writing is spelled out (`\n`, `\x1b`, `\u202e`), so that traces cannot forge output.
 */
export function safeText(text: string): string {
  return text.replace(UNSAFE, spellOut);
}

/** The number of columns that a terminal uses for safe text. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** Safe text in exactly `width` columns: cut with an ellipsis, or filled with spaces. */
export function fit(text: string, width: number): string {
  const whole = textWidth(text);
  if (whole <= width) return text + ' '.repeat(width - whole);
  let cut = '';
  let used = 0;
  for (const character of text) {
    const next = characterWidth(character);
    if (used + next > width - 1) break;
    cut += character;
    used += next;
  }
  return width > 0 ? `${cut}…${' '.repeat(width - used - 1)}` : '';
}

function characterWidth(character: string): number {
  if (COMBINING.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

function spellOut(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}
