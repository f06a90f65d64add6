import { signal } from '@preact/signals';
import type { CallSite } from '../../model/call-site.js';

/** An editor, and the link that has it open a file. */
interface Editor {
  name: string;
  /** @param path absolute, with slashes, encoded for a URL */
  href(path: string, line: number, column: number): string;
}

const likeCode = (scheme: string, name: string): [string, Editor] => [
  scheme,
  { name, href: (path, line, column) => `${scheme}://file${path}:${line}:${column}` },
];
const likeIdea = (scheme: string, name: string): [string, Editor] => [
  scheme,
  {
    name,
    href: (path, line, column) => `${scheme}://open?file=${path}&line=${line}&column=${column}`,
  },
];

/** The editors to choose from, by the schemes of their links. */
export const EDITORS: ReadonlyMap<string, Editor> = new Map([
  likeCode('vscode', 'VS Code'),
  likeCode('cursor', 'Cursor'),
  likeCode('windsurf', 'Windsurf'),
  likeCode('vscodium', 'VSCodium'),
  likeCode('zed', 'Zed'),
  likeIdea('webstorm', 'WebStorm'),
  likeIdea('idea', 'IntelliJ IDEA'),
  [
    'subl',
    {
      name: 'Sublime Text',
      href: (path, line, column) => `subl://open?url=file://${path}&line=${line}&column=${column}`,
    },
  ],
]);

const KEY = 'editor';

/** The scheme of the editor that was chosen, kept in this browser. */
export const editor = signal(stored());

/** Chooses an editor by its scheme. */
export function chooseEditor(scheme: string): void {
  editor.value = scheme;
  try {
    localStorage.setItem(KEY, scheme);
  } catch {
    // A browser that keeps nothing has the choice until the page is closed.
  }
}

/** The link that opens a call site in the editor; undefined for what is no absolute path. */
export function editorHref({ file, line = 1, column = 1 }: CallSite): string | undefined {
  const path = /^[A-Za-z]:[\\/]/.test(file) ? `/${file.replaceAll('\\', '/')}` : file;
  if (!path.startsWith('/')) return undefined;
  const encoded = path
    .split('/')
    .map((part) => encodeURIComponent(part).replaceAll('%3A', ':'))
    .join('/');
  return EDITORS.get(editor.value)?.href(encoded, line, column);
}

function stored(): string {
  try {
    const scheme = localStorage.getItem(KEY);
    if (scheme !== null && EDITORS.has(scheme)) return scheme;
  } catch {
    // As if nothing was chosen.
  }
  return 'vscode';
}
