import type { InboundRequest } from './inbound-request.js';

/**
 * The requests that have no response yet.
 *
 * Not a `Set`: one that things go through is copied again and again, and each copy that the engine has
 * left behind holds the next. Whatever was in them outlives its request, and moving it costs the
 * garbage collector more than all else here costs together.
 *
 * @internal
 */
export class OpenRequests {
  requests: InboundRequest[] = [];

  add(inbound: InboundRequest): void {
    inbound.place = this.requests.push(inbound) - 1;
  }

  /** Does nothing for one that is not there. */
  delete(inbound: InboundRequest): void {
    const { place } = inbound;
    if (place !== -1) {
      const last = this.requests.pop() as InboundRequest;
      if (last !== inbound) {
        this.requests[place] = last;
        last.place = place;
      }
      inbound.place = -1;
    }
  }

  /** Those of this moment. */
  all(): InboundRequest[] {
    return [...this.requests];
  }
}
