/**
 * What others have written, as a part of a sentence that may go to a terminal: without line breaks and
 * the sequences that colour text or move the cursor.
 *
 * @internal
 */
export function inOneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim();
}
