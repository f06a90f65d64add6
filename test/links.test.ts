import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { documents, readmes } from './support/documents.js';
import { WORKSPACE } from './support/run.js';

describe('the links of the documents', () => {
  for (const document of [...documents, ...readmes]) {
    it(`lead somewhere: ${document}`, () => {
      expect(linksOf(document).filter((link) => !resolves(document, link))).toEqual([]);
    });
  }
});

/** The targets of the links and pictures of a document, but for those out of the repository. */
function linksOf(document: string): string[] {
  const text = withoutCode(read(document));
  return [...text.matchAll(/\]\(([^()\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target));
}

function resolves(document: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target =
    path === '' ? document : relative(WORKSPACE, join(WORKSPACE, dirname(document), path));
  if (!existsSync(join(WORKSPACE, target))) return false;
  if (anchor === undefined) return true;
  return target.endsWith('.md') && !isFolder(target) && anchorsOf(target).includes(anchor);
}

/** The anchors that GitHub gives to the headings of a document. */
function anchorsOf(document: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutCode(read(document)).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => {
    const slug = heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_ -]/gu, '')
      .replaceAll(' ', '-');
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```.*?^```$/gms, '');
}

function read(document: string): string {
  return readFileSync(join(WORKSPACE, document), 'utf8');
}

function isFolder(path: string): boolean {
  return statSync(join(WORKSPACE, path)).isDirectory();
}
