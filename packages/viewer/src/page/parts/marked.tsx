import { type ComponentChild, createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { marksIn } from '../model/marks.js';

/** The words that are looked for, in lower case; what is drawn inside marks them where it shows text. */
export const FoundWords = createContext<readonly string[]>([]);

interface Props {
  text: string;
  /** What stands before and behind the text where words are looked for, as the `key=` of a tag's value. */
  before?: string;
  after?: string;
}

/** A text in which the words that are looked for are marked. */
export function Marked({ text, before, after }: Props) {
  return <>{withMarks(text, useContext(FoundWords), before, after)}</>;
}

/** A text in which some words are marked. */
export function withMarks(
  text: string,
  words: readonly string[],
  before?: string,
  after?: string,
): ComponentChild {
  if (words.length === 0) return text;
  return marksIn(text, words, before, after).map(({ text: part, isMarked }, index) =>
    isMarked ? <mark key={index}>{part}</mark> : part,
  );
}
