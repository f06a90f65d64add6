import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';

/** What a server of these tests has been asked. */
interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  /** What has come of the body so far. */
  body: string;
}

/** A server on the loopback for a page or for what it asks. */
export interface SiteServer {
  readonly url: string;
  readonly asked: Asked[];
  /** The one request for a path that is no preflight. */
  request(path: string): Asked;
  close(): Promise<void>;
}

/** Answers after all; the test may hold on to it. */
export type Answer = (request: http.IncomingMessage, response: http.ServerResponse) => boolean;

const PAGE = '<!doctype html><title>Page</title>';
const WORDS = Array.from({ length: 2_000 }, (_, i) => `word ${i}`).join(' ');

/**
 * Starts a server with a page for each trouble, which lets in every origin and the headers that are named.
 *
 * @param answer - answers instead where it returns `true`
 */
export async function startSite(
  allowedHeaders = '',
  answer: Answer = () => false,
): Promise<SiteServer> {
  const asked: Asked[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? '';
    const one: Asked = { method: request.method ?? '', path, headers: request.headers, body: '' };
    asked.push(one);
    request.on('data', (chunk) => {
      one.body += chunk;
    });
    response.setHeader('access-control-allow-origin', '*');
    response.setHeader('access-control-allow-headers', allowedHeaders);
    if (request.method === 'OPTIONS') {
      response.writeHead(204).end();
    } else if (!answer(request, response)) {
      answerTo(new URL(path, 'http://site').pathname, request, response);
    }
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    request(path) {
      const found = asked.filter((one) => one.path === path && one.method !== 'OPTIONS');
      if (found.length !== 1) throw new Error(`There were ${found.length} requests for ${path}.`);
      return found[0] as Asked;
    },
    close() {
      server.closeAllConnections();
      return new Promise((done) => void server.close(() => done()));
    },
  };
}

function answerTo(path: string, request: http.IncomingMessage, response: http.ServerResponse) {
  switch (path) {
    case '/':
    case '/next':
      response.setHeader('content-type', 'text/html').end(PAGE);
      break;
    case '/words':
      response.end(WORDS);
      break;
    case '/json':
      response.setHeader('content-type', 'application/json').end('{"items":3}');
      break;
    case '/not-found':
      response.writeHead(404).end('nothing');
      break;
    case '/failed':
      response.writeHead(500).end('out of order');
      break;
    case '/empty':
      response.writeHead(204).end();
      break;
    case '/moved':
      response.writeHead(302, { location: '/words' }).end();
      break;
    case '/echo':
      request.pipe(response);
      break;
    case '/headers':
      response.end(JSON.stringify(request.headers['x-mine'] ?? null));
      break;
    case '/referrer':
      response.end(request.headers.referer ?? 'none');
      break;
    case '/part':
      response.writeHead(200);
      response.write(WORDS);
      break;
    case '/cut':
      response.writeHead(200, { 'content-length': 1_000_000 });
      response.write(WORDS, () => setTimeout(() => response.destroy(), 20));
      break;
    case '/reset':
      response.destroy();
      break;
    case '/never':
      break;
    default:
      response.writeHead(200).end();
  }
}

/** The program of fixtures/browser, with zone.js before it or without. */
export async function browserProgram(withZone: boolean): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `${withZone ? "import 'zone.js';" : ''} 
        import { offer } from './fixtures/browser/program.ts';
        offer();`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    write: false,
    format: 'iife',
    target: withZone ? 'es2016' : 'es2022',
    logLevel: 'error',
  });
  return outputFiles[0]?.text ?? '';
}
