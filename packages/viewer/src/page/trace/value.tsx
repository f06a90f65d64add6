import { useContext } from 'preact/hooks';
import { FoundWords, Marked } from '../parts/marked.js';

/** A longer text is folded. */
const LONG = 400;

interface Props {
  text: string;
  /** What stands before the text where words are looked for, as the `key=` of a tag. */
  before?: string;
}

/** A value as text; a long one shows its beginning and opens, by itself where the search found a word in it. */
export function Value({ text, before }: Props) {
  const words = useContext(FoundWords);
  if (text.length <= LONG) {
    return (
      <span class="value">
        <Marked text={text} before={before} />
      </span>
    );
  }
  const lower = text.toLowerCase();
  return (
    <details class="value" open={words.some((word) => lower.includes(word))}>
      <summary>
        {text.slice(0, 120)}…{' '}
        <span class="quiet">{text.length.toLocaleString('en')} characters</span>
      </summary>
      <div>
        <Marked text={text} before={before} />
      </div>
    </details>
  );
}
