/** @internal Text without the spaces and tabs around it, as lists in headers may have them. */
export function trimWhitespace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) {
    start++;
  }
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) {
    end--;
  }
  return text.slice(start, end);
}

function isWhitespace(code: number): boolean {
  return code === 32 || code === 9;
}
