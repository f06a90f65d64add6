import { createHash } from 'node:crypto';
import { searchNamesOf } from '../model/label.js';
import type { Span } from '../model/span.js';

/** Longer texts are indexed by their beginning and a digest, which keeps the index small. */
const LONGEST = 200;
const KEPT = 100;
/** A beginning and a SHA-256 in Base64. */
const SHORTENED = new RegExp(`^.{${KEPT}}#[\\w-]{43}$`, 's');

/** The term of every span of a service. */
export const ANY_SPAN = 's';
/** The term of a span called `name`, see `searchNamesOf`. */
export const spanNameTerm = (name: string) => indexText(`n${name}`);
/** The term of a span with this service on its other side. */
export const remoteServiceTerm = (name: string) => indexText(`r${name}`);
/** The term of a span with this tag, whatever its value. */
const tagKeyTerm = (key: string) => indexText(`k${key}`);
/** The term of a span with this tag and value. */
export const tagTerm = (key: string, value: string) => indexText(`t${key}=${value}`);
/** The terms of a tag's values: those after `from` and before `to`. */
export function tagValueRange(key: string): { from: string; to: string } {
  const start = nameText(`t${key}`);
  // The next character after the equals sign.
  return { from: `${start}=`, to: `${start}>` };
}
/** The value in one of those terms; undefined where only its beginning is kept. */
export function tagValueOf(term: string, from: string): string | undefined {
  return SHORTENED.test(term) ? undefined : term.slice(from.length);
}
/** The term of a span with this annotation. */
const annotationTerm = (value: string) => indexText(`a${value}`);

/** Everything that a span can be found by, apart from its time and duration. */
export function termsOf(span: Span): string[] {
  const terms = [ANY_SPAN];
  for (const name of searchNamesOf(span)) terms.push(spanNameTerm(name));
  const remote = span.remoteEndpoint?.serviceName;
  if (remote !== undefined) terms.push(remoteServiceTerm(remote));
  for (const [key, value] of Object.entries(span.tags ?? {})) {
    terms.push(tagKeyTerm(key), tagTerm(key, value));
  }
  for (const { value } of span.annotations ?? []) terms.push(annotationTerm(value));
  return terms;
}

/** A bare word of an annotation query: an annotation with this value, or a tag with this key. */
export function bareWordTerms(word: string): [string, string] {
  return [tagKeyTerm(word), annotationTerm(word)];
}

/**
 * What a name is known by: the engine ends a text at a zero character, and ends the whole process when
 * it reads half of a surrogate pair.
 */
export function nameText(name: string): string {
  return name.replaceAll('\u0000', '\uFFFD').toWellFormed();
}

function indexText(text: string): string {
  const clean = nameText(text);
  if (clean.length <= LONGEST) return clean;
  const digest = createHash('sha256').update(clean).digest('base64url');
  return `${clean.slice(0, KEPT).toWellFormed()}#${digest}`;
}
