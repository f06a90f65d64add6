import opentracing from 'opentracing-ts-compat';
import { afterEach, expect, test, vi } from 'vitest';
import { load } from './libraries.js';

type Checks = typeof import('opentracing-ts-compat/lib/test/api_compatibility.js').default;
const apiCompatibilityChecks = load('opentracing-ts-compat', '/lib/test/api_compatibility')
  .default as Checks;

afterEach(() => vi.unstubAllGlobals());

/** Runs the checks under a test runner of the simplest kind. */
function run(...args: Parameters<Checks>) {
  const result = { passed: 0, failed: [] as string[], skipped: [] as string[] };
  const it = (name: string, body: () => void) => {
    try {
      body();
      result.passed++;
    } catch {
      result.failed.push(name);
    }
  };
  it.skip = (name: string) => result.skipped.push(name);
  vi.stubGlobal('it', it);
  vi.stubGlobal('describe', (_name: string, body: () => void) => body());
  apiCompatibilityChecks(...args);
  return result;
}

test('the checks of 0.14.7 pass for a tracer that does what they ask', () => {
  class Span extends opentracing.Span {
    readonly items = new Map<string, string>();
    protected override _setBaggageItem(key: string, value: string): void {
      this.items.set(key, value);
    }
    protected override _getBaggageItem(key: string): string | undefined {
      return this.items.get(key);
    }
  }
  class Tracer extends opentracing.Tracer {
    protected override _startSpan(): Span {
      return new Span();
    }
  }
  expect(run(() => new Tracer())).toEqual({ passed: 7, failed: [], skipped: [] });
});

test('the checks of 0.14.7 fail for a tracer that does not, unless they are left out', () => {
  expect(run().failed).toEqual(['keeps the baggage that is set']);
  expect(run(() => new opentracing.MockTracer()).failed).toHaveLength(3);
  const options = { skipBaggageChecks: true, skipInjectExtractChecks: true };
  expect(run(() => new opentracing.MockTracer(), options)).toMatchObject({ passed: 4, failed: [] });
});
