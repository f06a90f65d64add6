import { once } from 'node:events';
import { createServer, type IncomingMessage, request, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { traceExpress } from 'opentracing-ts/instrumentation/express';
import { traceFastify } from 'opentracing-ts/instrumentation/fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createTracer, finishedSpans, listen } from './instrumentation-helpers.js';

// Plugins for WebSockets send the request of an upgrade through the routes, with a response that is
// never sent: the handler takes the connection.
describe('An upgrade that a plugin sends through the routes', () => {
  it('has no span in fastify, while requests of the same route have one', async () => {
    const tracer = createTracer();
    const app = traceFastify(fastify(), { tracer });
    onTestFinished(() => app.close());
    app.get('/chat', (_request, reply) => {
      if (tracer.activeSpan) {
        reply.send('no upgrade');
        return;
      }
      reply.hijack();
      accept(reply.raw);
    });
    app.server.on('upgrade', (raw: IncomingMessage, socket: Socket) => {
      app.routing(raw, responseOn(socket, raw));
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    await upgrade(port);
    expect(await (await fetch(`http://127.0.0.1:${port}/chat`)).text()).toBe('no upgrade');
    const [span] = await finishedSpans(tracer, 1);
    expect(span?.tags['http.status_code']).toBe(200);
    expect(tracer.finishedSpans()).toHaveLength(1);
    expect(tracer.unfinishedSpans()).toEqual([]);
  });

  it('has no span in express, whose response would never close', async () => {
    const tracer = createTracer();
    const app = traceExpress(express(), { tracer });
    app.get('/chat', (_request, response) => accept(response));
    const server = createServer(app).on('upgrade', (raw, socket) => {
      app(raw as never, responseOn(socket as Socket, raw) as never);
    });
    await upgrade(await listen(server));
    expect([...tracer.finishedSpans(), ...tracer.unfinishedSpans()]).toEqual([]);
  });
});

function responseOn(socket: Socket, raw: IncomingMessage): ServerResponse {
  const response = new ServerResponse(raw);
  response.assignSocket(socket);
  onTestFinished(() => void socket.destroy());
  return response;
}

function accept(response: ServerResponse): void {
  response.socket?.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n',
  );
}

/** Asks for an upgrade, and closes the connection after it. */
async function upgrade(port: number): Promise<void> {
  const client = request({
    host: '127.0.0.1',
    port,
    path: '/chat',
    headers: { connection: 'upgrade', upgrade: 'chat' },
  }).end();
  const [, socket] = (await once(client, 'upgrade')) as [IncomingMessage, Socket];
  socket.destroy();
  await once(socket, 'close');
}
