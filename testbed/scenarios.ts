import { readdirSync } from 'node:fs';

/** The name of every scenario, which is that of its folder and of the file in it. */
export const scenarios: string[] = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
