// The built command line, with another module for `run` to preload than the library's.
// Usage: node run-with.mjs URL ARGUMENTS...
import { main } from '../../dist/cli/main.js';

const [register, ...args] = process.argv.slice(2);
process.exitCode = await main(args, { register });
