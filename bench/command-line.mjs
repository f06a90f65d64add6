/**
 * @typedef {{ names: string[], isCheck: boolean, isSmoke: boolean }} Command
 */

/**
 * Reads `[--check | --smoke] [CASE...]`.
 *
 * @param {readonly string[]} given
 * @param {readonly string[]} known - the names of the cases
 * @returns {Command}
 * @throws Error of one sentence for what is not understood
 */
export function readCommandLine(given, known) {
  /** @type {Command} */
  const command = { names: [], isCheck: false, isSmoke: false };
  for (const word of given) {
    if (word === '--check') {
      command.isCheck = true;
    } else if (word === '--smoke') {
      command.isSmoke = true;
    } else if (word.startsWith('-')) {
      throw new Error(`There is no option '${word}'; there are --check and --smoke.`);
    } else if (!known.includes(word)) {
      throw new Error(`No case is called '${word}'; there are ${known.join(', ')}.`);
    } else {
      command.names.push(word);
    }
  }
  if (command.isCheck && command.isSmoke) {
    throw new Error('--smoke times nothing that --check could judge; give one of the two.');
  }
  return command;
}
