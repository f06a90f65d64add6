import { setImmediate } from 'node:timers/promises';
import { type Span, Tags, type Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { managers } from '../managers.js';
import { tracesOf } from '../traces.js';

/** Made for one request, so it can own the span of the request. */
class ResponseListener {
  constructor(private readonly span: Span) {}

  onResponse(response: string): void {
    this.span.setTag('response', response);
    this.span.finish();
  }
}

class Client {
  constructor(private readonly tracer: Tracer) {}

  send(message: string): Promise<string> {
    const span = this.tracer.startSpan('send', {
      tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT },
    });
    return this.answer(message, new ResponseListener(span));
  }

  /** Stands for the network: the response comes in a later turn of the event loop. */
  private async answer(message: string, listener: ResponseListener): Promise<string> {
    await setImmediate();
    const response = `${message}: response`;
    listener.onResponse(response);
    return response;
  }
}

describe.each(managers)('Listener per request over $name:', ({ create }) => {
  test('the listener finishes the span of its request', async () => {
    const tracer = new MockTracer(create());

    const response = await new Client(tracer).send('message');

    expect(response).toBe('message: response');
    expect(tracesOf(tracer)).toEqual(['send']);
    expect(tracer.finishedSpans()[0]?.tags).toEqual({
      [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT,
      response: 'message: response',
    });
  });

  test('requests at the same time never finish the spans of each other', async () => {
    const tracer = new MockTracer(create());
    const client = new Client(tracer);

    await tracer.withActiveSpan('parent', () =>
      Promise.all([client.send('one'), client.send('two')]),
    );

    expect(tracesOf(tracer)).toEqual(['parent', '- send', '- send']);
    expect(tracer.finishedSpans().map(({ tags }) => tags.response)).toEqual([
      'one: response',
      'two: response',
      undefined,
    ]);
  });
});
