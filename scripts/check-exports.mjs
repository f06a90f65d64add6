// Compares what the `exports` of a package promise with what its build put out: every target exists,
// every subpath loads in each module system that it declares and has the same names in both, and no
// public entry of the sources (a folder's index.ts) is missing from the list.
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The names that a module has when a fresh process loads it as a user would. In a process of its
 * own, because a subpath may act when it is loaded, as `register` does.
 *
 * @param {string} folder of the package
 * @param {string} specifier
 * @param {'import' | 'require'} how
 */
async function namesOf(folder, specifier, how) {
  const name = JSON.stringify(specifier);
  const load = how === 'import' ? `await import(${name})` : `require(${name})`;
  const type = how === 'import' ? 'module' : 'commonjs';
  const program = `process.stdout.write(JSON.stringify(Object.keys(${load}).sort()))`;
  const { stdout } = await execute(process.execPath, [`--input-type=${type}`, '--eval', program], {
    cwd: folder,
    timeout: 60_000,
  });
  return stdout;
}

/**
 * Every file that a value of the `exports` leads to, with the conditions on the way.
 *
 * @param {unknown} value
 * @param {string[]} conditions
 * @returns {{ target: string, conditions: string[] }[]}
 */
function targetsOf(value, conditions = []) {
  if (typeof value === 'string') return [{ target: value, conditions }];
  return Object.entries(/** @type {Record<string, unknown>} */ (value)).flatMap(
    ([condition, inner]) => targetsOf(inner, [...conditions, condition]),
  );
}

/**
 * @param {string} folder of the package
 * @returns {Promise<string[]>} one sentence for each disagreement
 */
async function problemsOf(folder) {
  /** @type {string[]} */
  const problems = [];
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  /** Relative to the folder of the output. */
  const listed = new Set();
  const entries = Object.entries(manifest.exports);
  const named = [manifest.main, manifest.types, ...Object.values(manifest.bin ?? {})];

  for (const target of named.filter((path) => path !== undefined)) {
    if (!existsSync(join(folder, target))) problems.push(`${target} does not exist`);
  }
  await Promise.all(
    entries.map(async ([subpath, value]) => {
      const targets = targetsOf(value);
      for (const { target, conditions } of targets) {
        listed.add(target.replace(/^\.\/dist\/((esm|cjs)\/)?/, ''));
        if (!existsSync(join(folder, target))) {
          problems.push(`${subpath} (${conditions.join(', ')}): ${target} does not exist`);
        }
      }
      if (typeof value === 'string') return;
      if (!targets.some(({ conditions }) => conditions.includes('types'))) {
        problems.push(`${subpath} has no types`);
      }
      const specifier = join(manifest.name, subpath);
      const both = targets.some(({ conditions }) => conditions.includes('require'));
      try {
        const imported = await namesOf(folder, specifier, 'import');
        const required = both ? await namesOf(folder, specifier, 'require') : imported;
        if (imported !== required) {
          problems.push(`${subpath} has ${imported} when imported, ${required} when required`);
        }
      } catch (error) {
        problems.push(`${subpath} does not load: ${error}`);
      }
    }),
  );

  const sources = readdirSync(join(folder, 'src'), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => /(^|\/)index\.ts$/.test(path));
  for (const source of sources) {
    const output = source.replace(/\.ts$/, '.js');
    if (!listed.has(output)) problems.push(`src/${source} is not in the exports`);
  }
  console.log(`${manifest.name}: ${entries.length} subpaths, ${problems.length} problems`);
  return problems;
}

const folders = process.argv.slice(2);
if (folders.length === 0) {
  console.error('check-exports needs the folders of the packages');
  process.exit(2);
}
const problems = (await Promise.all(folders.map((folder) => problemsOf(resolve(folder))))).flat();
for (const problem of problems) console.error(`  ${problem}`);
process.exitCode = problems.length === 0 ? 0 : 1;
