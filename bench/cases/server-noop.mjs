// What the instrumentation costs a server under the no-op tracer.
import { startServer, startUpstream } from '../server/load.mjs';

const ROUNDS = 40;
const REQUESTS = 500;
const WARM_UP_REQUESTS = 4_000;
const REQUESTS_OF_SMOKE = 50;

export const title = 'A server, the no-op tracer registered';

export const about =
  'The two servers under `--import opentracing-ts/register` with the no-op tracer registered, beside such servers with nothing loaded: how much more processor time. Both run at the same time and get batches of 500 requests in turn, 40 times, the other first every other time; the figure is the median of the ratios of a batch and its pair, less one. The rows called nothing compare two servers without instrumentation: the noise.';

export const unit = '%';
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
    const plain = await startServer({ program, upstream: upstream.url });
    const other = await startServer({ program, upstream: upstream.url, preload });
    try {
      const ratios = [];
      for (const server of [plain, other]) {
        await server.load(isSmoke ? REQUESTS_OF_SMOKE : WARM_UP_REQUESTS);
      }
      for (let round = 0; round < (isSmoke ? 1 : ROUNDS); round++) {
        const order = round % 2 === 0 ? [plain, other] : [other, plain];
        const took = new Map();
        for (const server of order) {
          took.set(server, (await server.load(requests)).processorUs);
        }
        ratios.push(took.get(other) / took.get(plain));
      }
      ratios.sort((a, b) => a - b);
      return { figure: (ratios[ratios.length >> 1] - 1) * 100 };
    } finally {
      plain.stop();
      other.stop();
      upstream.close();
    }
  };
}
