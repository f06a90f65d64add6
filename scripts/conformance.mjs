// `npm run conformance`: runs every check of the harness for every scope manager, and for every tracer
// under every scope manager, and prints the table. What there is to check is the table of
// packages/opentracing/test/implementations.mjs, or of a module of one's own.
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import {
  formatFailures,
  formatManagers,
  formatMissing,
  formatTable,
  formatTotals,
} from './conformance-table.mjs';
import { buildWhenNeeded } from './start-build.mjs';

const HELP = `Usage: npm run conformance [-- WORD... [--implementations FILE]]

Prints a table of the checks of opentracing-ts/harness for every scope manager, and for every tracer
under every scope manager. Ends with status 1 when a check fails.

  WORD                    only checks with this in their name or their area, such as baggage
  --implementations FILE  an ES module that exports the tracers or the managers to check, in the form
                          of packages/opentracing/test/implementations.mjs; what it does not export
                          is taken from there
  -h, --help              print this
`;

/** @typedef {import('./conformance-table.mjs').Section} Section */
/** @typedef {import('opentracing-ts/harness').Rule} Rule */

/** @type {(() => void) | null} Fails the check that is running. */
let giveUp = null;
// Then nothing is left that could end the check, and this program would end without a word. Through the
// event loop, for the event comes again only after there was something in it.
process.on('beforeExit', () => giveUp !== null && setImmediate(giveUp));

// No top-level await: a program that is stuck in one ends without that event.
main(process.argv.slice(2)).then((status) => {
  process.exitCode = status;
});

/**
 * @param {string[]} args
 * @returns {Promise<number>} the exit status
 */
async function main(args) {
  const options = parse(args);
  if (typeof options === 'string') return misuse(options);
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    await buildWhenNeeded(new AbortController().signal);
  } catch (error) {
    process.stderr.write(`npm run conformance: ${messageOf(error)}\n`);
    return 1;
  }
  const implementations = await load(options.file);
  if (typeof implementations === 'string') return misuse(implementations);
  const all = await sections(implementations, options.words);
  if (all.length === 0) return misuse(`no check is about ${options.words.join(', ')}`);
  for (const section of all) await runSection(section);
  print(all, implementations.managers);
  return all.some(({ rows }) => rows.some(({ cells }) => cells.some(isFailure))) ? 1 : 0;
}

/**
 * @param {string[]} args
 * @returns {{ words: string[], file: string | undefined, help: boolean } | string} what is wrong with
 *   them, as text
 */
function parse(args) {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        implementations: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    return { words: positionals, file: values.implementations, help: values.help };
  } catch (error) {
    return messageOf(error).split('. ')[0] ?? '';
  }
}

/** @param {string} sentence */
function misuse(sentence) {
  process.stderr.write(`npm run conformance: ${sentence}: see "npm run conformance -- --help"\n`);
  return 2;
}

/**
 * The table of the package, with what the file exports in its place.
 *
 * @param {string | undefined} file
 */
async function load(file) {
  // Not at the top of the file: before the build there is nothing that they could import.
  const own = await import('../packages/opentracing/test/implementations.mjs');
  if (file === undefined) return own;
  try {
    const { managers = own.managers, tracers = own.tracers } = await import(
      pathToFileURL(file).href
    );
    if (managers === own.managers && tracers === own.tracers) {
      return `${file} exports neither tracers nor managers`;
    }
    const wrong = wrongEntry('managers', managers) ?? wrongEntry('tracers', tracers);
    return wrong === undefined ? { managers, tracers } : `${file} exports ${wrong}`;
  } catch (error) {
    return `${file} cannot be loaded (${messageOf(error).split('\n')[0]})`;
  }
}

/**
 * What is wrong with the entries that a file exports, as text.
 *
 * @param {string} exported
 * @param {unknown} entries
 */
function wrongEntry(exported, entries) {
  if (!Array.isArray(entries)) return `${exported} that are no list`;
  const at = entries.findIndex(
    (entry) => typeof entry?.name !== 'string' || typeof entry.create !== 'function',
  );
  return at < 0 ? undefined : `${exported} of which number ${at + 1} lacks a name or create()`;
}

/**
 * The two halves of the table, without results: scope managers and tracers.
 *
 * @param {Parameters<typeof import('../packages/opentracing/test/conformance-suites.mjs').suitesOf>[0]} implementations
 * @param {string[]} words
 * @returns {Promise<Section[]>} those that have rows
 */
async function sections(implementations, words) {
  const suites = await import('../packages/opentracing/test/conformance-suites.mjs');
  const { ofManagers, ofTracers } = suites.allChecks();
  const columns = suites.suitesOf(implementations);
  const isWanted = (/** @type {Rule} */ { name, area }) =>
    words.length === 0 ||
    words.some((word) => `${area} ${name}`.toLowerCase().includes(word.toLowerCase()));
  const section = (
    /** @type {string} */ title,
    /** @type {Rule[]} */ checks,
    /** @type {Section['columns']} */ of,
  ) => ({
    title,
    columns: of,
    rows: checks.filter(isWanted).map((check) => ({ check, cells: [] })),
  });
  return [
    section(
      'Scope managers',
      ofManagers,
      columns.filter(({ tracer }) => tracer === null),
    ),
    section(
      'Tracers',
      ofTracers,
      columns.filter(({ tracer }) => tracer !== null),
    ),
  ].filter(({ rows }) => rows.length > 0);
}

/**
 * Fills in the cells.
 *
 * @param {Section} section
 */
async function runSection({ rows, columns }) {
  for (const { checks } of columns) {
    const declared = new Set(checks.flatMap(({ needs }) => needs));
    for (const row of rows) {
      const check = checks.find(({ name }) => name === row.check.name);
      row.cells.push(
        check === undefined
          ? { missing: row.check.needs.filter((need) => !declared.has(need)) }
          : { failure: await failureOf(check) },
      );
    }
  }
}

/**
 * @param {Rule} check
 * @returns {Promise<string | null>} `null` where it passes
 */
async function failureOf(check) {
  const ends = new Promise((_, reject) => {
    giveUp = () => reject(new Error('The check waits for what never happens.'));
  });
  try {
    await Promise.race([check.run(), ends]);
    return null;
  } catch (error) {
    return messageOf(error);
  } finally {
    giveUp = null;
  }
}

/**
 * @param {Section[]} all
 * @param {readonly import('../packages/opentracing/test/implementations.mjs').ManagerEntry[]} managers
 */
function print(all, managers) {
  const { NO_COLOR, TERM } = process.env;
  const color = Boolean(process.stdout.isTTY) && !NO_COLOR && TERM !== 'dumb';
  const parts = [
    formatManagers(managers),
    ...all.map((section) => formatTable(section, managers, color)),
    formatMissing(all),
    formatFailures(all),
    formatTotals(all),
  ];
  process.stdout.write(`${parts.filter((part) => part !== '').join('\n\n')}\n`);
}

/** @param {import('./conformance-table.mjs').Cell} cell */
function isFailure(cell) {
  return 'failure' in cell && cell.failure !== null;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
