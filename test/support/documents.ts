import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WORKSPACE } from './run.js';

/** Every document that a user reads, by its path in the workspace; their examples are run. */
export const documents: readonly string[] = [
  ...markdownIn(''),
  ...readdirSync(join(WORKSPACE, 'packages')).flatMap((name) => markdownIn(`packages/${name}`)),
  ...markdownIn('docs'),
  ...markdownIn('docs/guides'),
];

/** The READMEs of what is not published. */
export const readmes: readonly string[] = ['examples', 'testbed'].flatMap((folder) => [
  ...markdownIn(folder),
  ...readdirSync(join(WORKSPACE, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => markdownIn(`${folder}/${name}`)),
]);

function markdownIn(folder: string): string[] {
  return readdirSync(join(WORKSPACE, folder))
    .filter((name) => name.endsWith('.md') && name !== 'CHANGELOG.md')
    .map((name) => (folder === '' ? name : `${folder}/${name}`));
}
