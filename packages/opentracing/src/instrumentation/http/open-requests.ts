import type { InboundRequest } from './inbound-request.js';

/**
 * The requests of this copy of the package that have no response yet.
 *
 * Not a `Set`: one that things go through is copied again and again, and each copy that the engine has
 * left behind holds the next. Whatever was in them outlives its request, and moving it costs the
 * garbage collector more than all else here costs together.
 */
const requests: InboundRequest[] = [];
let isWatching = false;

/** @internal */
export function addOpen(inbound: InboundRequest): void {
  if (!isWatching) {
    isWatching = true;
    // Before those who send the spans at the end of the process.
    process.prependListener('exit', finishAll);
    process.on('uncaughtExceptionMonitor', logFailure);
  }
  inbound.place = requests.push(inbound) - 1;
}

/** @internal Does nothing for one that is not there. */
export function deleteOpen(inbound: InboundRequest): void {
  const { place } = inbound;
  if (place !== -1) {
    const last = requests.pop() as InboundRequest;
    if (last !== inbound) {
      requests[place] = last;
      last.place = place;
    }
    inbound.place = -1;
  }
}

/** The request at which a program fails is the one that somebody will look for. */
function finishAll(): void {
  for (const inbound of [...requests]) {
    inbound.finish('the process ended');
  }
}

let failed: InboundRequest | null = null;

/**
 * The handlers of a request have thrown. The error is not caught for that: the runtime shows the line
 * that threw it last, which is to be the program's.
 *
 * @internal
 */
export function hasThrown(inbound: InboundRequest): void {
  failed = inbound;
  // An error that nobody catches is told of before that.
  queueMicrotask(() => {
    failed = null;
  });
}

function logFailure(error: unknown): void {
  failed?.onUncaught(error);
}
