import { expect, test } from 'vitest';
import { runScenario, SCENARIOS, WORLDS, whyNot } from './mixed-programs.js';

test('mixed programs make one trace under everything that carries an active span', async () => {
  const columns = WORLDS.map(({ into, over }) => ({
    into: into === 'OpenTracing' ? 'OpenTracing' : 'SDK',
    over,
    width: Math.max(over.length, 11),
  }));
  const line = (name: string, cells: string[]) =>
    `${name.padEnd(45)}${cells.map((cell, i) => cell.padEnd((columns[i]?.width ?? 0) + 2)).join('')}`;
  const lines = [
    line(
      'spans go to',
      columns.map(({ into }) => into),
    ),
    line(
      'the active span is carried by',
      columns.map(({ over }) => over),
    ),
  ];
  const reasons = new Set<string>();
  const failures: string[] = [];
  for (const scenario of SCENARIOS) {
    const cells: string[] = [];
    for (const world of WORLDS) {
      const reason = whyNot(world, scenario);
      const faults = reason === undefined ? await runScenario(world, scenario) : [];
      if (reason !== undefined) {
        reasons.add(reason);
      }
      failures.push(...faults.map((fault) => `${scenario.name}, ${world.over}: ${fault}`));
      cells.push(reason === undefined ? (faults.length === 0 ? '✓' : '✗') : '–');
    }
    lines.push(line(scenario.name, cells));
  }
  console.log([...lines, ...[...reasons].map((reason) => `– ${reason}`)].join('\n'));
  expect(failures).toEqual([]);
  expect(lines.join('\n').match(/✓/g)).toHaveLength(46);
});
