import { BasicTracer, ConsoleRecorder } from 'opentracing-ts/basictracer';
import { describe, expect, it, vi } from 'vitest';

/** The lines that are written for the spans which `act` records, with ids cut to `…`. */
function written(act: (tracer: BasicTracer) => void): string[] {
  const lines: string[] = [];
  const recorder = new ConsoleRecorder({ write: (line) => void lines.push(line) });
  act(new BasicTracer({ recorder }));
  return lines.map((line) => line.replace(/\b[0-9a-f]{16}\b/g, '…'));
}

describe('ConsoleRecorder', () => {
  it('writes the name, the duration, the ids and the tags of each span, children first', () => {
    const lines = written((tracer) => {
      const parent = tracer.startSpan('GET /orders/:id', { startTime: 1000 });
      tracer
        .startSpan('query', { childOf: parent, startTime: 1001, tags: { rows: 3 } })
        .finish(1002.25);
      parent.finish(3000);
    });
    expect(lines).toEqual([
      'query 1.25 ms trace=… span=… parent=… rows=3',
      '"GET /orders/:id" 2000 ms trace=… span=…',
    ]);
  });

  it('writes a line for each log, with the time since the start', () => {
    const lines = written((tracer) => {
      const span = tracer.startSpan('bake', { startTime: 1000 });
      span.log({ event: 'smells good', loaves: [1, 2] }, 1000.5);
      span.finish(1001);
    });
    expect(lines[1]).toBe('  +0.5 ms event="smells good" loaves=[1,2]');
  });

  it('names the service, and an error by its name and message', () => {
    const lines: string[] = [];
    const write = (line: string) => void lines.push(line);
    const tracer = new BasicTracer({
      recorder: new ConsoleRecorder({ serviceName: 'a bakery', write }),
    });
    tracer.startSpan('bake').logError(new RangeError('too hot')).finish();
    expect(lines[0]).toMatch(/^bake [\d.]+ ms service="a bakery" trace=/);
    expect(lines[1]).toContain(' error.object="RangeError: too hot" ');
  });

  it('writes one line whatever the values are', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const hostile = {
      toJSON: () => {
        throw new Error('no');
      },
    };
    const lines = written((tracer) => {
      tracer
        .startSpan('two\nlines')
        .addTags({ a: 'x\r\ny', b: cyclic, c: hostile, d: undefined, e: 1n, f: Symbol('g'), h: '' })
        .finish();
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^"two\\nlines" .* a="x\\r\\ny" b=\? c=\? e=1 f=Symbol\(g\) h=""$/);
  });

  it('writes to the console where nothing else is said', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => {});
    try {
      new BasicTracer({ recorder: new ConsoleRecorder() }).startSpan('lunch').finish();
      expect(log.mock.calls).toEqual([[expect.stringMatching(/^lunch [\d.]+ ms trace=/)]]);
    } finally {
      log.mockRestore();
    }
  });

  it('tells of what is no object of options', () => {
    expect(() => new ConsoleRecorder('stdout' as never)).toThrow(
      "ConsoleRecorder takes an object with options, not 'stdout'",
    );
  });
});
