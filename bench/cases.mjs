import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('cases/', import.meta.url));

/**
 * What a module in `cases/` exports.
 *
 * @typedef {object} Case
 * @property {string} [title] - of its table; by default its name
 * @property {string} [about] - what one iteration is and how it is measured, in sentences
 * @property {Record<string, () => any>} variants - each returns, maybe as a promise, the work of
 *   one iteration
 * @property {readonly import('./bars.mjs').Bar[]} [bars] - what has to hold
 * @property {number} [operations] - how many things one iteration does; the figure is for one of them
 * @property {number} [yieldsAfter] - after how many iterations the event loop gets a turn
 * @property {boolean} [isOnce] - whether the work can be done once in a process only
 * @property {boolean} [isReading] - whether the work itself resolves with the figure, with a Reading,
 *   or with the figures of several rows (Parts); it gets `{ isSmoke }`, whether it is only to show that it can be done
 * @property {string} [unit] - of the figures; by default ns. Of what is done once ms too
 * @property {number} [processes] - how many each variant gets
 * @property {readonly string[]} [nodeOptions] - for those processes
 */

/** The names of all cases, in the order of the page. */
export const caseNames = inOrder(readdirSync(FOLDER).map((file) => basename(file, '.mjs')));

/**
 * @param {string} name
 * @returns {Promise<Case>}
 */
export function loadCase(name) {
  return import(`./cases/${name}.mjs`);
}

/** Those that a reader looks for first; the others follow by name. @param {readonly string[]} names */
function inOrder(names) {
  const first = [
    'recorded',
    'active',
    'active-block',
    'unsampled',
    'noop',
    'server',
    'server-express',
    'server-noop',
    'heap',
  ];
  return [
    ...first.filter((name) => names.includes(name)),
    ...names.filter((name) => !first.includes(name)).sort(),
  ];
}
