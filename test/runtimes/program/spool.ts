import { BasicTracer, BatchRecorder, ExportError } from 'opentracing-ts/basictracer';
import { ZipkinExporter } from 'opentracing-ts/exporters';
import { type Area, ensure } from './report.js';

/** A place for files, where there are any. */
function place(): string {
  const { process } = globalThis as { process?: Partial<NodeJS.Process> };
  const tmp = process?.getBuiltinModule?.('node:os')?.tmpdir?.() ?? '/tmp';
  return `${tmp}/opentracing-runtimes-${Math.random().toString(36).slice(2)}`;
}

/** Spans that cannot be sent go to files, and later from there to the collector. */
export const spool: Area = () => {
  const dir = place();
  const away = async () => {
    throw new ExportError('away', { retryable: true });
  };
  const first = new ZipkinExporter({ serviceName: 'spool', transport: away, spool: { dir } });
  return [
    {
      name: 'what the collector does not take is in files when it is flushed',
      async run() {
        const recorder = new BatchRecorder({ exporter: first, onError: () => {} });
        const tracer = new BasicTracer({ recorder });
        tracer.startSpan('kept').finish();
        await tracer.flush();
        ensure(recorder.stats.spooled === 1, 'It is not in a file.');
        await tracer.close();
      },
    },
    {
      name: 'the next one sends what it finds, and leaves no file',
      async run() {
        const names: string[] = [];
        const exporter = new ZipkinExporter({
          serviceName: 'spool',
          transport: async (body) => {
            const spans = JSON.parse(new TextDecoder().decode(body)) as { name: string }[];
            names.push(...spans.map(({ name }) => name));
          },
          spool: { dir, retryMs: 1 },
        });
        while (exporter.spoolStats?.found !== 1 || exporter.spoolStats.waiting > 0) {
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        await exporter.close();
        ensure(names.join() === 'kept', `It has sent '${names}'.`);
        const left = process.getBuiltinModule('node:fs').readdirSync(dir);
        ensure(left.length === 0, `It has left ${left.length} files.`);
        process.getBuiltinModule('node:fs').rmdirSync(dir);
      },
    },
  ];
};
