import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BasicSpan,
  BasicTracer,
  ExportError,
  InMemoryRecorder,
} from 'opentracing-ts/basictracer';
import {
  type SpoolOptions,
  type Transport,
  ZipkinExporter,
  type ZipkinExporterOptions,
} from 'opentracing-ts/exporters';
import { onTestFinished, vi } from 'vitest';

/** Waits for a condition, however busy the machine is. */
export const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 20_000 });

/** A directory for this test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'opentracing-spool-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Finished spans of these names. */
export function spansNamed(names: Iterable<string>, tags = {}): readonly BasicSpan[] {
  const recorder = new InMemoryRecorder();
  const tracer = new BasicTracer({ recorder });
  for (const name of names) {
    tracer.startSpan(name, { tags }).finish();
  }
  return recorder.spans;
}

/** A transport that is away or refuses as the test says, and keeps the names that it has taken. */
export class TestTransport {
  /** The names of the spans of each request that was accepted. */
  accepted: string[][] = [];
  attempts = 0;
  /** What it answers; `null` for acceptance. */
  answer: (names: string[]) => Error | null = () => null;

  readonly send: Transport = async (body) => {
    this.attempts++;
    const spans: { name: string }[] = JSON.parse(new TextDecoder().decode(body));
    const names = spans.map(({ name }) => name);
    const error = this.answer(names);
    if (error !== null) {
      throw error;
    }
    this.accepted.push(names);
  };

  goAway(): void {
    const cause = new Error('ECONNREFUSED');
    this.answer = () => new ExportError('away', { retryable: true, cause });
  }

  comeBack(): void {
    this.answer = () => null;
  }

  get names(): string[] {
    return this.accepted.flat();
  }
}

/** An exporter with a spool, which is closed with the test. */
export function spooling(
  dir: string,
  transport: TestTransport,
  spool: Partial<SpoolOptions> = {},
  options: Partial<ZipkinExporterOptions> = {},
) {
  const errors: Error[] = [];
  const exporter = new ZipkinExporter({
    serviceName: 'orders',
    transport: transport.send,
    spool: { dir, retryMs: 1, ...spool },
    onError: (error) => errors.push(error),
    ...options,
  });
  onTestFinished(() => exporter.close());
  return {
    exporter,
    errors,
    store: (...names: string[]) => exporter.store?.(spansNamed(names)),
    stats() {
      const stats = exporter.spoolStats;
      if (stats === null) {
        throw new Error('There is no spool.');
      }
      return stats;
    },
  };
}

/** The files of a spool's directory, with their content. */
export function segmentsIn(dir: string): { path: string; bytes: Buffer }[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ path, bytes: readFileSync(path) }));
}
