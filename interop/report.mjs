import { MissingToolError } from './support/programs.mjs';

/**
 * A system that exists without us, and how its rows come about.
 *
 * @typedef {object} System
 * @property {string} name
 * @property {boolean} slow whether it takes minutes to build, so that only `--all` runs it
 * @property {(report: Report) => Promise<void>} run
 */

/**
 * @typedef {object} Row
 * @property {string} format
 * @property {'ok' | 'failed' | 'skipped'} outcome
 * @property {string} detail why it failed or was skipped
 */

/** What was found about one system. */
export class Report {
  /** As the system itself tells it. */
  version = '';
  /** @type {Row[]} */
  rows = [];

  /** @param {string} system */
  constructor(system) {
    this.system = system;
  }

  /**
   * One row: `hold` throws when the system and we do not understand each other.
   *
   * @param {string} format
   * @param {() => unknown} hold
   */
  async check(format, hold) {
    try {
      await hold();
      this.rows.push({ format, outcome: 'ok', detail: '' });
    } catch (error) {
      this.rows.push({ format, outcome: 'failed', detail: messageOf(error) });
    }
  }
}

const TIMEOUT_MS = { quick: 5 * 60_000, slow: 30 * 60_000 };

/**
 * Runs a system. What it needs and this machine lacks fails in CI, and elsewhere is a reason to skip it.
 *
 * @param {System} system
 * @param {boolean} isCI
 * @returns {Promise<Report>}
 */
export async function runSystem({ name, slow, run }, isCI) {
  const report = new Report(name);
  try {
    await within(slow ? TIMEOUT_MS.slow : TIMEOUT_MS.quick, run(report));
  } catch (error) {
    const outcome = error instanceof MissingToolError && !isCI ? 'skipped' : 'failed';
    report.rows.push({ format: 'to be there', outcome, detail: messageOf(error) });
  }
  return report;
}

/**
 * @param {number} ms
 * @param {Promise<void>} work
 */
async function within(ms, work) {
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`It took longer than ${ms / 60_000} minutes`)), ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
