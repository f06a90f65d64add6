import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { allManagers } from './managers.js';
import { scenarios } from './scenarios.js';

const TESTBED = import.meta.dirname;
const table = readFileSync(join(TESTBED, 'README.md'), 'utf8')
  .split('\n## ')
  .find((section) => section.startsWith('Scenarios'))
  ?.split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .map((cell) => cell.trim())
      .slice(1, -1),
  );
const [header = [], , ...rows] = table ?? [];

describe('The table of scenarios and managers', () => {
  test('has a row for every scenario', () => {
    const named = rows.map(([cell]) => cell?.match(/^\[(.+)\]\(\1\/README\.md\)$/)?.[1]);
    expect(named.toSorted()).toEqual(scenarios.toSorted());
  });

  test('has a column for every manager, and something in every cell', () => {
    const names = allManagers.map(({ name }) => name.replace('ScopeManager', ''));
    expect(header).toEqual(['scenario', 'what it shows', ...names]);
    for (const row of rows) {
      expect(row).toHaveLength(header.length);
      expect(row).not.toContain('');
    }
  });
});

describe.each(scenarios)('The scenario %s', (scenario) => {
  test('is one file for all managers, and a README with its trace and its managers', () => {
    expect(existsSync(join(TESTBED, scenario, `${scenario}.test.ts`))).toBe(true);
    const readme = readFileSync(join(TESTBED, scenario, 'README.md'), 'utf8');
    expect(readme.match(/^## .+$/gm)).toEqual(['## The expected trace', '## Which managers']);
  });
});
