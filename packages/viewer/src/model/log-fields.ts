/** Where a field begins: a key without spaces, and an equals sign. */
const FIELD = /(?:^|\s)([^\s=]+)=/g;

/**
 * The fields of a log, which Zipkin keeps as one text: `event=retry attempt=2` are two. A text that does not
 * begin with a field is one without a key. Values are not quoted there, so that one with ` word=` in it comes
 * out as two fields.
 */
export function logFields(text: string): { key?: string; value: string }[] {
  const starts = [...text.matchAll(FIELD)];
  if (starts[0]?.index !== 0 || /^\s/.test(text)) return [{ value: text }];
  return starts.map((start, index) => ({
    key: start[1] ?? '',
    value: text.slice(start.index + start[0].length, starts[index + 1]?.index),
  }));
}
