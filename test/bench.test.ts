import { describe, expect, test } from 'vitest';
import { judge } from '../bench/bars.mjs';
import { readCommandLine } from '../bench/command-line.mjs';
import { pageOf } from '../bench/page.mjs';
import { missedBars, resultOf } from '../bench/results.mjs';
import { node, WORKSPACE } from './support/run.js';

const FIGURES = { nothing: 100, floor: 200, 'opentracing-ts': 250, peer: 1000 };

const asReading = (figure: number) => ({ figure });

describe('a bar of the benchmark', () => {
  test.each([
    [{ atMost: 250 }, 'at most 250 ns', '250 ns', true],
    [{ atMost: 249 }, 'at most 249 ns', '250 ns', false],
    [{ atMost: 1.25, times: 'floor' }, 'at most 1.25 times what floor takes', '1.25 times', true],
    [{ atMost: 1.2, times: 'floor' }, 'at most 1.2 times what floor takes', '1.25 times', false],
    [{ fasterThan: 'peer' }, 'faster than peer', '4 times', true],
    [{ fasterThan: 'peer', by: 4 }, '4 times as fast as peer', '4 times', true],
    [{ fasterThan: 'peer', by: 5 }, '5 times as fast as peer', '4 times', false],
    [{ of: 'peer', fasterThan: 'floor' }, 'faster than floor', '0.2 times', false],
    [
      { atMost: 0.2, times: 'peer', above: 'nothing' },
      'at most 0.2 times what peer adds',
      '0.17 times',
      true,
    ],
    [
      { atMost: 0.1, times: 'peer', above: 'nothing' },
      'at most 0.1 times what peer adds',
      '0.17 times',
      false,
    ],
  ])('%j is judged by the figures', (bar, wanted, found, isMet) => {
    const judgement = judge(bar, FIGURES, 'ns');

    expect(judgement).toMatchObject({ wanted, found, isMet });
  });

  test('is judged against the variants there are, and says so', () => {
    expect(() => judge({ fasterThan: 'nobody' }, FIGURES, 'ns')).toThrow(
      "A bar names 'nobody'; there are nothing, floor, opentracing-ts, peer.",
    );
    expect(() => judge({}, FIGURES, 'ns')).toThrow('neither atMost nor fasterThan');
  });
});

describe('the result of a case', () => {
  const bench = {
    title: 'A span',
    about: 'One span.',
    variants: {},
    bars: [{ atMost: 1.2, times: 'floor' }, { fasterThan: 'peer' }],
  };
  const result = resultOf('span', bench, {
    floor: [110, 100, 500].map(asReading),
    'opentracing-ts': [200, 220, 210].map(asReading),
    peer: [900, 100, 950].map(asReading),
  });

  test('has the medians of the processes, their spread, and what they are to the floor', () => {
    expect(result.rows[1]).toEqual({
      variant: 'opentracing-ts',
      figure: 210,
      lowest: 200,
      highest: 220,
      toFloor: 210 / 110,
    });
  });

  test('names each bar that is missed in one line', () => {
    expect(missedBars([result])).toEqual([
      'span: wanted at most 1.2 times what floor takes, found 1.91 times',
    ]);
  });

  test('makes a page with figures, bars and versions', () => {
    const page = pageOf([result], {
      date: new Date('2026-11-22T12:00:00Z'),
      machine: '2 × a processor',
      node: 'v20.20.2',
      versions: { peer: '1.2.3' },
    });

    expect(page).toContain('on 2026-11-22 with Node v20.20.2 on 2 × a processor.');
    expect(page).toContain('Of 2 bars 1 are met.');
    expect(page).toContain('| opentracing-ts | 210 ns | 200 to 220 | 1.91 |');
    expect(page).toContain('| opentracing-ts | faster than peer | 4.29 times | met |');
    expect(page).toContain('| peer | 1.2.3 |');
  });
});

test('a result with requests a second has a column for their median', () => {
  const result = resultOf(
    'server',
    { variants: {} },
    {
      nothing: [5_000, 5_200, 4_000].map((throughput) => ({ figure: 1, throughput })),
      peer: [{ figure: 2, throughput: 900 }],
    },
  );

  const page = pageOf([result], { versions: {} });

  expect(page).toContain('| | figure | lowest to highest | requests/s |');
  expect(page).toContain('| nothing | 1 ns | 1 to 1 | 5,000 |');
  expect(page).toContain('| peer | 2 ns | 2 to 2 | 900 |');
});

describe('the command line of the benchmark', () => {
  test('takes the names of cases, and --check or --smoke', () => {
    expect(readCommandLine(['b', '--check'], ['a', 'b'])).toEqual({
      names: ['b'],
      isCheck: true,
      isSmoke: false,
    });
  });

  test.each([
    [['--fast'], "There is no option '--fast'; there are --check and --smoke."],
    [['c'], "No case is called 'c'; there are a, b."],
    [
      ['--smoke', '--check'],
      '--smoke times nothing that --check could judge; give one of the two.',
    ],
  ])('%j is answered by one sentence', (given, message) => {
    expect(() => readCommandLine(given, ['a', 'b'])).toThrow(message);
  });

  test('ends with 2 for what is not understood', async () => {
    const { code, stdout, stderr } = await node(['bench/run.mjs', '--fast'], { cwd: WORKSPACE });

    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: "bench: There is no option '--fast'; there are --check and --smoke.\n",
    });
  });
});
