import { requireTool, run } from './programs.mjs';

/** @throws MissingToolError */
export function requireGo() {
  return requireTool({
    file: 'go',
    args: ['version'],
    version: /go(\d+)\.(\d+)/,
    atLeast: [1, 26],
    remedy: 'install Go 1.26 or later to test with Jaeger and the OpenTelemetry Collector',
  });
}

/**
 * Builds the program of a folder; quick where nothing of it has changed.
 *
 * @param {string} folder with the module
 * @param {string} program the package in it
 * @param {string} output
 */
export function buildGo(folder, program, output) {
  return run('go', ['-C', folder, 'build', '-buildvcs=false', '-o', output, program]);
}
