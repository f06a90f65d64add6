import { type BasicSpan, ExportError } from 'opentracing-ts/basictracer';
import { describe, expect, it } from 'vitest';
import { batching, invariant } from './batch-helpers.js';

describe('BatchRecorder, when a part of a batch fails', () => {
  /** Accepts one batch after the other as it is told: an error, or nothing for acceptance. */
  function scripted(...answers: (ExportError | null)[]) {
    const batches: string[] = [];
    const export_ = async (spans: readonly BasicSpan[]) => {
      batches.push(spans.map((span) => span.operationName).join(''));
      const answer = answers.shift() ?? null;
      if (answer !== null) {
        throw answer;
      }
    };
    return { batches, ...batching({ exporter: { export: export_ }, flushIntervalMs: 60_000 }) };
  }

  it('does not send again what was accepted', async () => {
    const { batches, recorder, tracer, record } = scripted(
      new ExportError('interrupted', { retryable: true, accepted: 2 }),
    );
    record('a', 'b', 'c');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ exported: 2, retried: 1, queued: 1 });
    await tracer.flush();
    expect(batches).toEqual(['abc', 'c']);
    expect(recorder.stats).toMatchObject({ exported: 3, dropped: 0, queued: 0 });
  });

  it('counts those as dropped that the collector rejected among the others', async () => {
    const { batches, errors, recorder, tracer, record } = scripted(
      new ExportError('one has no name', { retryable: false, rejected: 1 }),
    );
    record('a', 'b', 'c');
    await tracer.flush();
    expect(batches).toEqual(['abc']);
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 1, queued: 0 });
    expect(errors.map((error) => error.message)).toEqual(['one has no name']);
  });

  it('counts those as dropped that were rejected among the accepted, and tries the others again', async () => {
    const { batches, recorder, tracer, record } = scripted(
      new ExportError('interrupted', { retryable: true, accepted: 3, rejected: 1 }),
    );
    record('a', 'b', 'c', 'd');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 1, queued: 1 });
    await tracer.flush();
    expect(batches).toEqual(['abcd', 'd']);
  });

  it.each(['a', 'd', 'h', 'adh', 'abcdefgh'])(
    'finds %s in a batch that was refused for it',
    async (bad) => {
      const accepted: string[] = [];
      const exporter = {
        async export(spans: readonly BasicSpan[]) {
          const names = spans.map((span) => span.operationName);
          if (names.some((name) => bad.includes(name))) {
            throw new ExportError('400', { retryable: false, divisible: true });
          }
          accepted.push(...names);
        },
      };
      const { errors, recorder, tracer, record } = batching({ exporter, flushIntervalMs: 60_000 });
      record(...'abcdefgh');
      await tracer.flush();
      const good = [...'abcdefgh'].filter((name) => !bad.includes(name));
      expect(accepted).toEqual(good);
      expect(recorder.stats).toMatchObject({
        exported: good.length,
        dropped: bad.length,
        queued: 0,
      });
      expect(errors).toHaveLength(1);
    },
  );

  it('goes on later where the collector goes away while the bad span is looked for', async () => {
    const { batches, recorder, tracer, record } = scripted(
      new ExportError('400', { retryable: false, divisible: true }),
      null,
      new ExportError('away', { retryable: true }),
    );
    record('a', 'b', 'c', 'd');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ exported: 2, dropped: 0, queued: 2 });
    await tracer.flush();
    expect(batches).toEqual(['abcd', 'ab', 'cd', 'cd']);
    expect(recorder.stats).toMatchObject({ exported: 4, dropped: 0, queued: 0 });
  });

  it('understands the ExportError of another copy of this package', async () => {
    const foreign = Object.assign(new Error('no'), { name: 'ExportError', retryable: false });
    const { recorder, tracer, record } = scripted(foreign as ExportError);
    record('a');
    await tracer.flush();
    expect(recorder.stats).toMatchObject({ dropped: 1, queued: 0 });
  });

  it.each([
    { accepted: 5 },
    { accepted: 1e9, rejected: -1 },
    { accepted: Number.NaN, rejected: 5 },
    { accepted: 0.5, rejected: Number.POSITIVE_INFINITY },
    { rejected: 1e9, retryable: false },
    { accepted: 2, retryable: false, divisible: true },
    { accepted: 3, rejected: 7, retryable: true, divisible: true },
    { retryAfterMs: Number.NaN },
  ])('keeps its counts right whatever an exporter says: %j', async (said) => {
    const { recorder, tracer, record } = scripted(
      new ExportError('?', { retryable: true, ...said }),
    );
    record('a', 'b');
    await tracer.flush();
    expect(recorder.stats).toSatisfy(invariant);
    await tracer.close();
    expect(recorder.stats).toSatisfy(invariant);
    expect(recorder.stats).toMatchObject({ recorded: 2, queued: 0 });
  });
});
