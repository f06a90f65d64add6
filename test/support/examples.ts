/** A fenced block of a Markdown file. */
export interface Example {
  /** `js` is an ES module, `cjs` is CommonJS, `ts` is TypeScript. */
  readonly language: 'js' | 'cjs' | 'ts';
  /** The line of its opening fence, from 1. */
  readonly line: number;
  /** Whether the opening fence says `no-run`. */
  readonly runs: boolean;
  /** The program. */
  readonly code: string;
  /** What it has to print: the `text` block that follows it with nothing between. */
  readonly output: string | null;
}

// A fence in a list or a quotation is no example: it would be run with its indentation.
const BLOCK = /^```(js|cjs|ts)([^\n]*)\n(.*?)^```\n(?:\n*```text\n(.*?)^```\n)?/gms;

/** The examples of a Markdown file, in their order. */
export function examplesOf(markdown: string): Example[] {
  return [...markdown.matchAll(BLOCK)].map((match) => ({
    language: match[1] as Example['language'],
    line: markdown.slice(0, match.index).split('\n').length,
    runs: !/\bno-run\b/.test(match[2] ?? ''),
    code: match[3] ?? '',
    output: match[4] ?? null,
  }));
}

/** Whether a program printed what its example promises, where `…` stands for anything. */
export function promises(output: string): RegExp {
  const pieces = output.trimEnd().split('…');
  return new RegExp(`^${pieces.map((piece) => literally(piece)).join('.*?')}\\s*$`, 's');
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
