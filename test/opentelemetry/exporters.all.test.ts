import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCollector } from 'opentracing-viewer';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { node } from '../support/run.js';
import { installLibraries } from './install.mjs';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const INSTALL_PATIENCE_MS = 300_000;

describe("OpenTelemetry's exporters of OTLP", () => {
  beforeAll(installLibraries, INSTALL_PATIENCE_MS);

  it.each([
    ['protobuf', 'none'],
    ['protobuf', 'gzip'],
    ['json', 'none'],
    ['json', 'gzip'],
  ])('send %s with the compression %s to the viewer', async (encoding, compression) => {
    const folder = await mkdtemp(join(tmpdir(), 'opentracing-viewer-'));
    const collector = await startCollector({ port: 0, db: join(folder, 'traces.db') });
    onTestFinished(async () => {
      await collector.close();
      await rm(folder, { recursive: true, force: true });
    });
    const ended = await node(['programs/otlp.cjs', encoding], {
      cwd: FOLDER,
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_COMPRESSION: compression,
      },
    });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const traceId = ended.stdout.trim();
    const response = await fetch(`${collector.url}/api/v2/trace/${traceId}`);
    const spans = (await response.json()) as { name: string; id: string }[];
    const [root, child] = ['bake', 'select flour'].map((name) =>
      spans.find((span) => span.name === name),
    );
    const program = {
      'host.name': 'oven-1',
      'otel.scope.name': 'kitchen',
      'otel.scope.version': '2.0.0',
    };
    expect(root).toEqual({
      traceId,
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      kind: 'SERVER',
      name: 'bake',
      timestamp: expect.any(Number),
      duration: expect.any(Number),
      localEndpoint: { serviceName: 'bakery' },
      tags: {
        ...program,
        loaves: '3',
        ratio: '0.5',
        below: '-1',
        done: 'true',
        kinds: '["rye","wheat"]',
      },
    });
    expect(child).toMatchObject({
      parentId: root?.id,
      kind: 'CLIENT',
      remoteEndpoint: { serviceName: 'pantry', port: 5432 },
      annotations: [{ value: '"opened": {"shelf":2}' }],
      tags: {
        ...program,
        error: 'no flour',
        'otel.status_code': 'ERROR',
        'otlp.link.0': `${traceId}|${root?.id}||{"why":"order"}|0`,
      },
    });
  });
});
