// For a Worker with the flag nodejs_als, to be imported first: that flag has the module and no other
// way to it.
import { AsyncLocalStorage } from 'node:async_hooks';

Object.assign(globalThis, { AsyncLocalStorage });
