import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Collector, type CollectorOptions, startCollector } from 'opentracing-viewer';
import { onTestFinished } from 'vitest';

export type Json = Record<string, unknown>;

/** The real traces in `test/fixtures`, by the names of their files. */
export const FIXTURES = ['ascend', 'envoy', 'messaging', 'simple-db-p6', 'skew', 'yelp'] as const;

export async function fixture(name: (typeof FIXTURES)[number]): Promise<Json[]> {
  return JSON.parse(await readFile(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** A folder that is removed after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'opentracing-viewer-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A collector on a free port with a file of its own, closed after the test. */
export async function testCollector(options: CollectorOptions = {}): Promise<Collector> {
  const db = options.db ?? join(await temporaryFolder(), 'traces.db');
  const collector = await startCollector({ port: 0, ...options, db });
  onTestFinished(() => collector.close());
  return collector;
}

export async function post(
  { url }: { url: string },
  body: string | Uint8Array<ArrayBuffer> | Json[],
  headers: Record<string, string> = {},
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${url}/api/v2/spans`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: Array.isArray(body) ? JSON.stringify(body) : body,
  });
  return { status: response.status, text: await response.text() };
}

export async function get(
  { url }: { url: string },
  path: string,
): Promise<{ status: number; text: string; json: unknown }> {
  const response = await fetch(url + path);
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') ?? false;
  return { status: response.status, text, json: isJson ? JSON.parse(text) : undefined };
}

/** A span that is good as it is, with the fields given. */
export function span(fields: Json = {}): Json {
  return {
    traceId: '00000000000000a1',
    id: '00000000000000b1',
    name: 'get',
    timestamp: 1_700_000_000_000_000,
    duration: 1_000,
    localEndpoint: { serviceName: 'shop' },
    ...fields,
  };
}
