import type { Reporter, TestModule } from 'vitest/node';
import type { FaultRow } from './table.js';

const COLUMNS = ['recorded', 'delivered', 'dropped', 'again'] as const;

/** Prints the table of faults when all of them have been tried. */
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const rows = modules
      .flatMap((module) => [...module.children.allTests()])
      .map((test) => test.meta().fault)
      .filter((row) => row !== undefined);
    console.log(tableOf(rows));
  }
}

function tableOf(rows: readonly FaultRow[]): string {
  return [
    `| fault | spans recorded | delivered | counted as lost | arrived again |`,
    `|---|${'---:|'.repeat(COLUMNS.length)}`,
    ...rows.map((row) => `| ${row.fault} | ${COLUMNS.map((name) => row[name]).join(' | ')} |`),
  ].join('\n');
}
