/** The names in a list such as `b3, Baggage`, in lower case. */
export function parseNames(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((name) => name !== '');
}
