import { createRequire } from 'node:module';

const PATCHES = [
  'ZoneAwarePromise',
  'toString',
  'EventEmitter',
  'fs',
  'node_util',
  'node_timers',
  'nextTick',
  'handleUnhandledPromiseRejection',
  'crypto',
  'console',
  'queueMicrotask',
];

// zone.js without what it patches, and so for synchronous code alone: its patches would take their
// contexts from the other managers that are tested in the process. zone-scopes.test.ts tests the rest.
for (const patch of PATCHES) {
  Object.assign(globalThis, { [`__Zone_disable_${patch}`]: true });
}
const require = createRequire(import.meta.url);
require('zone.js/node');
