import { setImmediate } from 'node:timers/promises';
import { type Span, type SpanContext, Tags, type Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { describe, expect, test } from 'vitest';
import { managers } from '../managers.js';
import { tracesOf } from '../traces.js';

interface Request {
  readonly message: string;
}

interface RequestHandlerOptions {
  /** The parent of all spans, for a manager that knows none by itself where the requests are sent. */
  parent?: SpanContext;
  /** Whether a request takes no notice of the span that is active where it is sent. */
  ignoreActiveSpan?: boolean;
}

/** One for all requests of a client, as the middleware of a framework: a span for each request. */
class RequestHandler {
  private readonly spans = new WeakMap<Request, Span>();

  constructor(
    private readonly tracer: Tracer,
    private readonly options: RequestHandlerOptions = {},
  ) {}

  beforeRequest(request: Request): void {
    const { parent, ignoreActiveSpan } = this.options;
    const span = this.tracer.startSpan('send', {
      childOf: parent,
      ignoreActiveSpan,
      tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT },
    });
    this.spans.set(request, span);
  }

  /** May be called from a context of its own: the span is found by the request. */
  afterRequest(request: Request): void {
    this.spans.get(request)?.finish();
  }
}

/** Calls both methods of the handler in turns of the event loop of their own. */
class Client {
  constructor(private readonly handler: RequestHandler) {}

  async send(message: string): Promise<string> {
    const request = { message };
    await setImmediate();
    this.handler.beforeRequest(request);
    await setImmediate();
    this.handler.afterRequest(request);
    return `${message}: response`;
  }
}

describe.each(managers)('Common request handler over $name:', ({ create, followsAwait }) => {
  test('requests at the same time have traces of their own', async () => {
    const tracer = new MockTracer(create());
    const client = new Client(new RequestHandler(tracer));

    const responses = await Promise.all([client.send('one'), client.send('two')]);

    expect(responses).toEqual(['one: response', 'two: response']);
    expect(tracesOf(tracer)).toEqual(['send', 'send']);
    for (const span of tracer.finishedSpans()) {
      expect(span.tags).toEqual({ [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT });
    }
  });

  test('a handler that ignores the active span picks up no parent', async () => {
    const tracer = new MockTracer(create());
    const client = new Client(new RequestHandler(tracer, { ignoreActiveSpan: true }));

    await tracer.withActiveSpan('parent', () => client.send('message'));

    expect(tracesOf(tracer)).toEqual(['parent', 'send']);
  });

  test('a request that is sent within a span is its child, and the next request is not', async () => {
    const tracer = new MockTracer(create());

    await tracer.withActiveSpan('parent', (span) => {
      const options = followsAwait ? {} : { parent: span.context() };
      return new Client(new RequestHandler(tracer, options)).send('message');
    });
    await new Client(new RequestHandler(tracer)).send('message');

    expect(tracesOf(tracer)).toEqual(['parent', '- send', 'send']);
  });
});
