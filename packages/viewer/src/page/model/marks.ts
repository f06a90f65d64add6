/** A part of a text. */
export interface TextPart {
  text: string;
  isMarked: boolean;
}

/**
 * Cuts a text where words stand in it, in any case. All parts together are the text.
 * @param before what stands before the text when words are looked for, and may be a part of one
 * @param after what stands behind it
 */
export function marksIn(
  text: string,
  words: readonly string[],
  before = '',
  after = '',
): TextPart[] {
  if (words.length === 0) return [{ text, isMarked: false }];
  // Of two words that begin at one place the longer is marked.
  const byLength = [...words].sort((a, b) => b.length - a.length);
  const pattern = new RegExp(byLength.map(escapeWord).join('|'), 'giu');
  const parts: TextPart[] = [];
  let done = 0;
  const add = (end: number, isMarked: boolean) => {
    if (end <= done) return;
    parts.push({ text: text.slice(done, end), isMarked });
    done = end;
  };
  for (const { 0: word, index } of (before + text + after).matchAll(pattern)) {
    const start = index - before.length;
    add(Math.min(start, text.length), false);
    add(Math.min(start + word.length, text.length), true);
  }
  add(text.length, false);
  return parts;
}

function escapeWord(word: string): string {
  return word.replace(/[$()*+./?[\\\]^{|}]/g, '\\$&');
}
