// Starting the viewer's collector.
import { spawnSync } from 'node:child_process';
import { withServer } from '../../interop/support/programs.mjs';
import { ask } from '../viewer/client.mjs';
import { viewerServer, withFolder } from '../viewer/servers.mjs';

const STARTS = 5;

export const title = 'Viewer: starting';

export const about =
  'From starting the program to its first answer over HTTP, beside a program of Node that does nothing, from its start to its end; time of day, the median of five starts in each of five processes.';

export const unit = 'ms';
export const isReading = true;
export const processes = 5;

export const bars = [{ of: 'opentracing-viewer', atMost: 6, times: 'node -e 0' }];

export const variants = {
  'node -e 0': () => median(async () => void spawnSync(process.execPath, ['-e', '0'])),
  'opentracing-viewer': () =>
    median((folder, done) =>
      withServer(viewerServer(folder), async ([, url]) => {
        const { status } = await ask(`${url}/api/v2/services`);
        done();
        if (status !== 200) throw new Error(`The first answer was ${status}.`);
      }),
    ),
};

/** Returns what starts something a few times, until it calls `done` or has ended. */
function median(start) {
  return async ({ isSmoke }) => {
    const times = [];
    for (let i = 0; i < (isSmoke ? 1 : STARTS); i++) {
      await withFolder(async (folder) => {
        const began = performance.now();
        let took = 0;
        await start(folder, () => {
          took = performance.now() - began;
        });
        times.push(took || performance.now() - began);
      });
    }
    return times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  };
}
