import type { Reporter, TestCase, TestModule } from 'vitest/node';

const HEADS = ['fault', 'spans recorded', 'delivered', 'counted as lost', 'arrived again', ''];

/** Prints the table of faults when all of them have been tried. */
export default class FaultTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()]);
    const rows = tests.map(cellsOf).filter((cells) => cells !== null);
    const failed = tests.filter((test) => test.result().state === 'failed').length;
    const verdict =
      failed === 0 ? 'Every span was delivered or counted.' : `${failed} tests have failed.`;
    console.log(`\n${tableOf([HEADS, ...rows])}\n\n${verdict}`);
  }
}

/** The cells of a test's row; `null` for a test that has none. */
function cellsOf(test: TestCase): string[] | null {
  const row = test.meta().fault;
  const result = test.result();
  if (row !== undefined) {
    const counts = [row.recorded, row.delivered, row.dropped, row.again].map(String);
    return [row.fault, ...counts, result.state === 'failed' ? 'FAILED' : ''];
  }
  if (result.state === 'passed') {
    return null;
  }
  return [test.name, '', '', '', '', result.state === 'failed' ? 'FAILED' : 'not tried'];
}

/** Names to the left, numbers to the right. */
function tableOf(rows: readonly string[][]): string {
  const widths = HEADS.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0)));
  const pad = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return rows.map((cells) => cells.map(pad).join('  ').trimEnd()).join('\n');
}
