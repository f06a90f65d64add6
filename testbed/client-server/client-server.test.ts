import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FORMAT_HTTP_HEADERS, Tags, type Tracer } from 'opentracing-ts';
import { MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, test } from 'vitest';
import { managers } from '../managers.js';
import { spanOf, tracesOf } from '../traces.js';

/** Answers every request within a span, whose parent is the span of the client, if it has one. */
function serve(tracer: Tracer): Server {
  return createServer((request, response) => {
    const options = {
      childOf: tracer.extract(FORMAT_HTTP_HEADERS, request.headers),
      tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER },
      // What is active here is what was active where the server or its socket was made.
      ignoreActiveSpan: true,
    };
    tracer.withActiveSpan('receive', options, (span) => {
      response.end(`answered in trace ${span.context().toTraceId()}`);
    });
  });
}

/** Sends a request within a span, and the span's context in the headers of the request. */
function send(tracer: Tracer, url: string): Promise<string> {
  const options = { tags: { [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT } };
  return tracer.withActiveSpan('send', options, async (span) => {
    const headers: Record<string, string> = {};
    tracer.inject(span, FORMAT_HTTP_HEADERS, headers);
    const response = await fetch(url, { headers });
    return response.text();
  });
}

let server: Server;
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

async function listen(tracer: Tracer): Promise<string> {
  server = serve(tracer).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.each(managers)('Client and server over $name:', ({ create }) => {
  test('the span of the server is a child of the span of the client', async () => {
    const tracer = new MockTracer(create());
    const url = await listen(tracer);

    const answer = await send(tracer, url);

    expect(tracesOf(tracer)).toEqual(['send', '- receive']);
    expect(spanOf(tracer, 'send').tags).toEqual({ [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_CLIENT });
    expect(spanOf(tracer, 'receive').tags).toEqual({ [Tags.SPAN_KIND]: Tags.SPAN_KIND_RPC_SERVER });
    expect(answer).toBe(`answered in trace ${spanOf(tracer, 'send').context().toTraceId()}`);
  });

  test('requests at the same time keep to their own traces', async () => {
    const tracer = new MockTracer(create());
    const url = await listen(tracer);

    const answers = await Promise.all([1, 2, 3].map(() => send(tracer, url)));

    expect(tracesOf(tracer)).toEqual([
      'send',
      '- receive',
      'send',
      '- receive',
      'send',
      '- receive',
    ]);
    expect(new Set(answers).size).toBe(3);
  });

  test('a client that is not traced begins a trace, whatever the server was started in', async () => {
    const tracer = new MockTracer(create());
    const url = await tracer.withActiveSpan('startup', () => listen(tracer));

    await (await fetch(url)).text();

    expect(tracesOf(tracer)).toEqual(['startup', 'receive']);
  });
});
