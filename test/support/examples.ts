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
const BLOCK = /^```(js|cjs|ts)\b([^\n]*)\n(.*?)^```\n(?:\n*```text\n(.*?)^```\n)?/gms;

/**
 * The examples of a Markdown file, in their order. Where the opening fence says `replaced`, the program
 * has opentracing-ts-compat under the name `opentracing`.
 */
export function examplesOf(markdown: string): Example[] {
  return [...markdown.matchAll(BLOCK)].map((match) => ({
    language: match[1] as Example['language'],
    line: markdown.slice(0, match.index).split('\n').length,
    runs: !/\bno-run\b/.test(match[2] ?? ''),
    code: /\breplaced\b/.test(match[2] ?? '') ? overCompat(match[3] ?? '') : (match[3] ?? ''),
    output: match[4] ?? null,
  }));
}

function overCompat(code: string): string {
  return code.replace(/(['"])opentracing\1/g, "'opentracing-ts-compat'");
}

/**
 * The examples in the docstrings of a TypeScript file: the fenced blocks after `@example`. They need not
 * import what they use of the package: see {@link withImports}.
 */
export function docstringExamplesOf(source: string): Example[] {
  return [...source.matchAll(/^ *\/\*\*$.*?\*\/$/gms)].flatMap((comment) => {
    const text = comment[0].replace(/^ *\*(?: |$)/gm, '');
    return [...text.matchAll(/^@example\b.*?(?=^@|^ *\*\/)/gms)].flatMap((tag) => {
      const above = lines(source.slice(0, comment.index)) + lines(text.slice(0, tag.index)) - 2;
      return examplesOf(tag[0]).map((example) => ({ ...example, line: above + example.line }));
    });
  });
}

/**
 * An example of a docstring as a program: with an import for each name of the package that it uses and
 * does not import.
 *
 * @param modules - the exported names of each module; where two have one name, the first
 */
export function withImports(code: string, modules: ReadonlyMap<string, readonly string[]>): string {
  const known = new Set(
    code
      .match(/^import \{[^}]*\}/gm)
      ?.join()
      .match(/\w+/g) ?? [],
  );
  const imports: string[] = [];
  for (const [module, names] of modules) {
    const used = names.filter((name) => !known.has(name) && new RegExp(`\\b${name}\\b`).test(code));
    for (const name of used) known.add(name);
    if (used.length > 0) imports.push(`import { ${used.join(', ')} } from '${module}';\n`);
  }
  return imports.join('') + code;
}

/** Whether a program printed what its example promises, where `…` stands for anything. */
export function promises(output: string): RegExp {
  const pieces = output.trimEnd().split('…');
  return new RegExp(`^${pieces.map((piece) => literally(piece)).join('.*?')}\\s*$`, 's');
}

function lines(text: string): number {
  return text.split('\n').length;
}

function literally(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
