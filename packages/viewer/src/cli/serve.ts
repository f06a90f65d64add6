import { once } from 'node:events';
import { type CollectorOptions, DEFAULT_PORT, startCollector } from '../collector/start.js';
import { safeText } from '../terminal/text.js';
import { colorsFor, commandLine } from './console.js';
import { type Forwarding, type ForwardOptions, startForwarding } from './forward.js';

/**
 * `opentracing-viewer serve` and `opentracing-viewer forward`: collects, and with `to` relays, until Ctrl-C or
 * SIGTERM, then ends with 0.
 */
export async function serve(options: CollectorOptions & Partial<ForwardOptions>): Promise<number> {
  // Listening for signals before the port opens: whoever sees the address may stop the program.
  const stopped = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  const collector = await startCollector(options);
  const { to, header } = options;
  let forwarding: Forwarding | undefined;
  try {
    if (to !== undefined) forwarding = startForwarding(collector, { to, header });
  } catch (error) {
    await collector.close();
    throw error;
  }
  const { bold, dim } = colorsFor(process.stdout);
  const taken = takenNotice(options, collector.port);
  process.stdout.write(
    [
      ...(taken === undefined ? [] : [taken]),
      `open ${bold(collector.url)} to see traces`,
      `send spans to ${collector.url}/api/v2/spans (Zipkin)`,
      `           or ${collector.url}/v1/traces (OTLP),`,
      `or run a program with "${commandLine('run -- node app.js', options.db)}"`,
      ...(forwarding === undefined ? [] : [`spans are relayed to ${forwarding.name}`]),
      `traces are kept in ${safeText(collector.db)}`,
      dim('press Ctrl-C to stop'),
      '',
    ].join('\n'),
  );
  await stopped;
  await collector.close();
  await forwarding?.close();
  return 0;
}

/** Says that the wanted port was taken, when it was. */
export function takenNotice(options: CollectorOptions, port: number): string | undefined {
  const { port: wanted = DEFAULT_PORT } = options;
  return wanted === 0 || wanted === port ? undefined : `port ${wanted} is taken, using ${port}`;
}
