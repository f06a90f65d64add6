// What the instrumentation costs a server under the no-op tracer.
import { median } from '../measurements.mjs';
import { startServer, startUpstream } from '../server/load.mjs';

const PAIRS = 21;
const REQUESTS = 400;
const WARM_UP_REQUESTS = 8_000;
const REQUESTS_OF_SMOKE = 50;

// V8 would choose for each process, and one in ten then takes 15 % more than its twin.
const YOUNG_GENERATION = ['--min-semi-space-size=16', '--max-semi-space-size=16'];

export const title = 'A server, the no-op tracer registered';

export const about =
  'The two servers under `--import opentracing-ts/register` with the no-op tracer registered, beside such servers with nothing loaded: how much more processor time. Both run at the same time, with a young generation of the same fixed size, and get batches of 400 requests in turn, each twice as the first and the second of the two, 21 times; the figure of a pair is the median of the 21 ratios, less one. Two servers without instrumentation differ by 2 % and more from one process to the next, so there are 31 pairs of processes. The rows called nothing compare two such servers: the noise.';

export const unit = '%';
export const processes = 31;
export const isReading = true;

export const bars = [
  { of: 'opentracing-ts, fastify', atMost: 2 },
  { of: 'opentracing-ts, express', atMost: 2 },
];

const INSTALLED = ['../server/noop-tracer.mjs', 'opentracing-ts/register'].flatMap((module) => [
  '--import',
  import.meta.resolve(module),
]);

export const variants = {
  'nothing, fastify': () => compared('fastify.cjs', []),
  'opentracing-ts, fastify': () => compared('fastify.cjs', INSTALLED),
  'nothing, express': () => compared('express.cjs', []),
  'opentracing-ts, express': () => compared('express.cjs', INSTALLED),
};

/** Returns what resolves with how many percent more a server takes with this loaded before it. */
function compared(program, preload) {
  return async ({ isSmoke }) => {
    const requests = isSmoke ? REQUESTS_OF_SMOKE : REQUESTS;
    const upstream = await startUpstream();
    const started = (/** @type {string[]} */ ...loaded) =>
      startServer({ program, upstream: upstream.url, preload: [...YOUNG_GENERATION, ...loaded] });
    const plain = await started();
    const other = await started(...preload);
    try {
      for (const server of [plain, other]) {
        await server.load(isSmoke ? REQUESTS_OF_SMOKE : WARM_UP_REQUESTS);
      }
      const ratios = [];
      for (let pair = 0; pair < (isSmoke ? 1 : PAIRS); pair++) {
        const took = new Map([plain, other].map((server) => [server, 0]));
        // Each is first once: the second of two may find the processor warmer.
        for (const server of [plain, other, other, plain]) {
          took.set(server, took.get(server) + (await server.load(requests)).processorUs);
        }
        ratios.push(took.get(other) / took.get(plain));
      }
      return { figure: (median(ratios) - 1) * 100 };
    } finally {
      plain.stop();
      other.stop();
      upstream.close();
    }
  };
}
