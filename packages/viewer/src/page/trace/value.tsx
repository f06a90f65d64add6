/** A longer text is folded. */
const LONG = 400;

/** A value as text; a long one shows its beginning and opens. */
export function Value({ text }: { text: string }) {
  if (text.length <= LONG) return <span class="value">{text}</span>;
  return (
    <details class="value">
      <summary>
        {text.slice(0, 120)}…{' '}
        <span class="quiet">{text.length.toLocaleString('en')} characters</span>
      </summary>
      <div>{text}</div>
    </details>
  );
}
