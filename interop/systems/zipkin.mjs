import { checkSameAnswers } from '../same-answers.mjs';
import { download } from '../support/cache.mjs';
import { getJson } from '../support/http.mjs';
import { requireTool, withServer } from '../support/programs.mjs';
import { checkZipkinApi, ZIPKIN_FORMATS } from '../zipkin-checks.mjs';
import { withViewer } from './viewer.mjs';

const VERSION = '3.6.1';
const SHA256 = 'd8326e0ed4f43855dba81228f688554706e52578a7c782d9a90b73f8680654a1';

/** @type {import('../report.mjs').System} */
export const zipkin = {
  name: 'Zipkin',
  slow: false,
  async run(report) {
    const jar = await zipkinJar();
    const server = zipkinServer(jar, ['-Xmx256m']);
    await withServer(server, async ([, url]) => {
      const { status } = await getJson(`${url}/health`);
      if (status !== 'UP') throw new Error(`Zipkin says that it is ${status}`);
      const { zipkin } = await getJson(`${url}/info`);
      report.version = zipkin.version;
      await withViewer((other) => checkSameAnswers(report, String(url), other));
      await checkZipkinApi(report, String(url), ZIPKIN_FORMATS);
    });
  },
};

/**
 * The path of the server's program, downloaded unless it is there.
 *
 * @returns {Promise<string>}
 * @throws MissingToolError without Java
 */
export async function zipkinJar() {
  await requireTool({
    file: 'java',
    args: ['-version'],
    version: /version "(\d+)/,
    atLeast: [17],
    remedy: 'install a Java runtime of version 17 or later to test with Zipkin',
  });
  return download({
    url: `https://repo1.maven.org/maven2/io/zipkin/zipkin-server/${VERSION}/zipkin-server-${VERSION}-exec.jar`,
    sha256: SHA256,
    name: `zipkin-server-${VERSION}-exec.jar`,
  });
}

/**
 * How to start it on a free port of the loopback, with its storage in memory; see `withServer`.
 *
 * @param {string} jar
 * @param {string[]} javaOptions
 * @param {Record<string, string>} [env]
 */
export function zipkinServer(jar, javaOptions, env = {}) {
  return {
    file: 'java',
    args: [
      ...javaOptions,
      ...['-jar', jar],
      '--armeria.ports[0].ip=127.0.0.1',
      '--armeria.ports[0].port=0',
      '--armeria.ports[0].protocols[0]=http',
    ],
    env: { STORAGE_TYPE: 'mem', SELF_TRACING_ENABLED: 'false', ...env },
    ready: /Serving HTTP at \S+ - (http:\/\/127\.0\.0\.1:\d+)/,
  };
}
