import type { EventEmitter } from 'node:events';
import { epochNow } from '../../clock.js';
import { Logs } from '../../logs.js';
import { FORMAT_HTTP_HEADERS } from '../../propagation.js';
import type { Span } from '../../span.js';
import { Tags } from '../../tags.js';
import type { Tracer } from '../../tracer.js';
import { peerAt, tagPeer } from '../http-tags.js';
import type { Emit, EmitArguments } from '../override-emit.js';
import { bindCall, type call } from './call.js';
import { peerOf, type Remote } from './socket-peer.js';

/**
 * One request that this program makes, and its span.
 *
 * @internal
 */
export class OutboundRequest {
  span: Span;
  tracer: Tracer;
  response: { complete: boolean; readableDidRead?: boolean } | null = null;
  /** When the headers of the response were there; milliseconds since the epoch. */
  answeredAt: number | undefined;
  isFinished = false;
  /** Calls in the context in which the request was made. */
  callThere: typeof call;

  /** @param tags - of the span, to which this adds its kind */
  constructor(tracer: Tracer, method: string, tags: Record<string, unknown>) {
    tags[Tags.SPAN_KIND] = Tags.SPAN_KIND_RPC_CLIENT;
    tags[Tags.HTTP_METHOD] = method;
    this.tracer = tracer;
    this.span = tracer.startSpan(method, { tags });
    this.callThere = bindCall(tracer.scopeManager);
  }

  /** The headers for the other side. */
  headers(): Record<string, string> {
    const headers: Record<string, string> = {};
    this.tracer.inject(this.span, FORMAT_HTTP_HEADERS, headers);
    return headers;
  }

  /**
   * Emits an event of the request or its response where the request was made: a pool may do so in the
   * context of another one, whose connection this one has got.
   */
  emit(emitter: EventEmitter, emit: Emit, args: EmitArguments): boolean {
    return emitter.listenerCount(args[0]) === 0
      ? Reflect.apply(emit, emitter, args)
      : (this.callThere(emit, emitter, args) as boolean);
  }

  onStatus(status: number): void {
    this.answeredAt = epochNow();
    this.span.setTag(Tags.HTTP_STATUS_CODE, status);
    if (status >= 400) {
      this.span.setTag(Tags.ERROR, true);
    }
  }

  onPeer(socket: Remote | null | undefined): void {
    if (socket) {
      tagPeer(this.span, peerOf(socket));
    }
  }

  onTimeout(): void {
    this.span.log({ [Logs.EVENT]: 'timeout', [Logs.MESSAGE]: 'nothing was received for too long' });
  }

  onError(error: unknown): void {
    const { address, port } = error as { address?: string; port?: number };
    tagPeer(this.span, peerAt(address, port));
    this.span.logError(error);
    this.finish();
  }

  /** The connection is done with the request: after the end of the response, or cut off. */
  onClose(): void {
    const { response } = this;
    if (!response?.complete) {
      this.onAborted('the connection closed before the response was complete');
    } else if (!this.isFinished && response.readableDidRead === false) {
      this.span.log({
        [Logs.EVENT]: 'unread',
        [Logs.MESSAGE]: 'the program did not read the body',
      });
      this.finish(this.answeredAt);
    }
    this.finish();
  }

  /** The response will not be complete. */
  onAborted(message: string): void {
    if (!this.isFinished) {
      this.span.setTag(Tags.ERROR, true).log({ [Logs.EVENT]: 'aborted', [Logs.MESSAGE]: message });
      this.finish();
    }
  }

  /** Every call after the first is ignored. */
  finish(finishTime?: number): void {
    if (!this.isFinished) {
      this.isFinished = true;
      this.span.finish(finishTime);
    }
  }
}
