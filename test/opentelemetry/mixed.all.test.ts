import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { node } from '../support/run.js';
import { installLibraries } from './install.mjs';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));
const INSTALL_PATIENCE_MS = 300_000;

/** A span as the program prints it. */
interface Printed {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | null;
  readonly name: string;
  readonly kind: string;
  /** A tag that OpenTracing code has set, on the span of the instrumentation. */
  readonly by?: string;
}

describe('OpenTelemetry instrumentation of http and OpenTracing code, over two servers,', () => {
  beforeAll(installLibraries, INSTALL_PATIENCE_MS);

  for (const where of ['sdk', 'opentracing']) {
    it(`are one trace in ${where === 'sdk' ? 'an SDK' : 'a tracer of OpenTracing'}`, async () => {
      const ended = await node(['programs/mixed.cjs', where], { cwd: FOLDER });
      expect(ended).toMatchObject({ code: 0, stderr: '' });
      const spans = JSON.parse(ended.stdout) as Printed[];
      const expected = ['/rye', '/wheat', '/spelt'].flatMap((path) => {
        const sold = ['shopping', 'client', 'server by OpenTracing'];
        const baked = [...sold, `sell ${path}`, 'client', 'server', `bake ${path}`, 'flour ada'];
        return baked.slice(1).map((_, index) => baked.slice(0, index + 2).join(' > '));
      });
      expect(spans.map((span) => pathOf(span, spans)).sort()).toEqual(
        ['shopping', ...expected].sort(),
      );
      expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
    });
  }
});

/** The names from the root on; of spans of the instrumentation, their kinds. */
function pathOf(span: Printed, all: readonly Printed[]): string {
  const name = span.kind === 'internal' ? span.name : span.kind;
  const shown = span.by === undefined ? name : `${name} by ${span.by}`;
  if (span.parentId === null) {
    return shown;
  }
  const parent = all.find(({ spanId }) => spanId === span.parentId);
  return `${parent === undefined ? 'lost' : pathOf(parent, all)} > ${shown}`;
}
