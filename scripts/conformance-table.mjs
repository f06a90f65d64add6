// The table of `npm run conformance` as text, 100 columns wide.
import { styleText } from 'node:util';

/**
 * @typedef {{ failure: string | null } | { missing: readonly string[] }} Cell how a check went, `null`
 *   for well; or what it needs that is not declared
 * @typedef {import('../packages/opentracing/test/conformance-suites.mjs').Suite} Suite
 * @typedef {object} Row
 * @property {import('opentracing-ts/harness').Rule} check
 * @property {Cell[]} cells one a column
 * @typedef {object} Section
 * @property {string} title
 * @property {Suite[]} columns
 * @property {Row[]} rows
 * @typedef {readonly { name: string, note?: string }[]} Managers
 * @typedef {{ heading: string, columns: number[], width: number }} Group columns under one heading
 */

const WIDTH = 100;
const NARROWEST_NAME = 30;
const INDENT = '  ';
const COLORS = /** @type {const} */ ({ '✓': 'green', '✗': 'red', '–': 'dim' });
/** @type {Record<string, string>} */
const NEEDS = {
  ids: 'contexts have ids',
  baggage: 'baggage is kept',
  scopes: 'spans become active',
  async: 'scopes follow asynchronous code',
  recorded: 'what is recorded can be read',
};

/**
 * @param {Section} section
 * @param {Managers} managers numbered in this order
 * @param {boolean} color
 */
export function formatTable({ title, columns, rows }, managers, color) {
  const groups = groupsOf(columns);
  const right = groups.reduce((sum, { width }) => sum + width + 2, 0);
  const name = Math.max(NARROWEST_NAME, WIDTH - right);
  const line = (/** @type {string} */ left, /** @type {(group: Group) => string} */ cells) =>
    (left.padEnd(name) + groups.map((group) => INDENT + cells(group)).join('')).trimEnd();
  const numbers = (/** @type {Group} */ group) =>
    group.columns.map((column) => numberOf(columns[column], managers)).join(' ');
  const lines = [
    line(title, ({ heading, width }) => heading.padEnd(width)),
    line('', (group) => numbers(group).padEnd(group.width)),
  ];
  let area = '';
  for (const { check, cells } of rows) {
    if (check.area !== area) lines.push(check.area);
    area = check.area;
    const [first = '', ...others] = wrap(check.name, name - INDENT.length);
    lines.push(
      line(INDENT + first, (group) => {
        const signs = group.columns.map((column) =>
          sign(/** @type {Cell} */ (cells[column]), color),
        );
        return signs.join(' ') + ' '.repeat(group.width - (2 * signs.length - 1));
      }),
      ...others.map((rest) => INDENT + rest),
    );
  }
  return lines.join('\n');
}

/**
 * What the numbers of the managers mean, and what is checked elsewhere.
 *
 * @param {Managers} managers
 */
export function formatManagers(managers) {
  return managers
    .flatMap(({ name, note }, i) =>
      hanging(`${i + 1} `, note === undefined ? name : `${name}: ${note}`),
    )
    .join('\n');
}

/**
 * Why checks were left out, and for whom; `''` where none was.
 *
 * @param {Section[]} sections
 */
export function formatMissing(sections) {
  /** @type {Map<string, Set<string>>} */
  const missing = new Map();
  for (const { columns, rows } of sections) {
    for (const { cells } of rows) {
      for (const [i, cell] of cells.entries()) {
        const { tracer, manager } = /** @type {Suite} */ (columns[i]);
        for (const need of 'missing' in cell ? cell.missing : []) {
          const who = (need === 'async' ? manager : null) ?? tracer ?? manager ?? '';
          missing.set(need, (missing.get(need) ?? new Set()).add(who));
        }
      }
    }
  }
  return [
    ...(missing.size === 0 ? [] : ['– does not apply, for these do not declare that']),
    ...[...missing].flatMap(([need, names]) =>
      hanging(INDENT, `${NEEDS[need] ?? need}: ${[...names].join(', ')}`),
    ),
  ].join('\n');
}

/**
 * Every failed check with its messages, and who gave them; `''` for none.
 *
 * @param {Section[]} sections
 */
export function formatFailures(sections) {
  return sections
    .flatMap(({ columns, rows }) =>
      rows.flatMap(({ check, cells }) => {
        const failed = cells.flatMap((cell, i) =>
          'failure' in cell && cell.failure !== null
            ? hanging(INDENT, `${columns[i]?.title}: ${cell.failure}`)
            : [],
        );
        return failed.length === 0 ? [] : [...hanging('✗ ', check.name), ...failed];
      }),
    )
    .join('\n');
}

/** @param {Section[]} sections */
export function formatTotals(sections) {
  const cells = sections.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  const run = cells.filter((cell) => 'failure' in cell);
  const failed = run.filter(({ failure }) => failure !== null).length;
  const checks = sections.reduce((sum, { rows }) => sum + rows.length, 0);
  const columns = sections.reduce((sum, section) => sum + section.columns.length, 0);
  return (
    `${checks} ${checks === 1 ? 'check' : 'checks'}, ${columns} columns: ${run.length - failed} passed, ${failed} failed, ` +
    `${cells.length - run.length} do not apply`
  );
}

/**
 * The columns of each tracer.
 *
 * @param {Suite[]} columns
 * @returns {Group[]}
 */
function groupsOf(columns) {
  return [...new Set(columns.map(({ tracer }) => tracer))].map((tracer) => {
    const own = [...columns.keys()].filter((i) => columns[i]?.tracer === tracer);
    const heading = tracer?.replace(/(?<=.)Tracer$/, '') ?? '';
    return { heading, columns: own, width: Math.max(heading.length, 2 * own.length - 1) };
  });
}

/**
 * @param {Suite | undefined} suite
 * @param {Managers} managers
 */
function numberOf(suite, managers) {
  const i = managers.findIndex(({ name }) => name === suite?.manager);
  return i < 0 ? ' ' : `${i + 1}`;
}

/**
 * @param {Cell} cell
 * @param {boolean} color
 */
function sign(cell, color) {
  const text = 'missing' in cell ? '–' : cell.failure === null ? '✓' : '✗';
  return color ? styleText(COLORS[text], text) : text;
}

/**
 * The text behind a mark, its later lines as far in as the first.
 *
 * @param {string} mark
 * @param {string} text
 */
function hanging(mark, text) {
  const lines = text.split('\n').flatMap((line) => wrap(line, WIDTH - mark.length));
  return lines.map((line, i) => (i === 0 ? mark : ' '.repeat(mark.length)) + line);
}

/**
 * @param {string} text
 * @param {number} width
 */
function wrap(text, width) {
  /** @type {string[]} */
  const lines = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line += (line === '' ? '' : ' ') + word;
    }
  }
  return [...lines, line];
}
