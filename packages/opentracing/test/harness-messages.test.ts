import { BinaryCarrier, FORMAT_BINARY } from 'opentracing-ts';
import { apiChecks } from 'opentracing-ts/harness';
import { MockSpan, MockTracer } from 'opentracing-ts/mocktracer';
import { afterEach, describe, expect, test, vi } from 'vitest';

afterEach(() => {
  vi.restoreAllMocks();
});

/** What the check of that name says of a tracer. */
async function messageOf(name: string, create = () => new MockTracer()): Promise<string> {
  const checks = apiChecks(create, { recordedSpan: (span) => span as MockSpan });
  const check = checks.find((candidate) => candidate.name === name);
  if (check === undefined) throw new Error(`There is no check '${name}'.`);
  try {
    await check.run();
  } catch (error) {
    return (error as Error).message;
  }
  return 'passes';
}

/** Injects bytes into any carrier but `null`. */
class Lenient extends MockTracer {
  override inject(...args: Parameters<MockTracer['inject']>): void {
    const [, format, carrier] = args;
    if (format !== FORMAT_BINARY || carrier === null || carrier instanceof BinaryCarrier) {
      super.inject(...args);
    }
  }
}

const HOSTILE_BAGGAGE =
  'baggage with hostile keys and values fits into HTTP headers and comes back';

describe('the message of a check that fails', () => {
  test('names the method that does not return its span, whatever fails behind it', async () => {
    vi.spyOn(MockSpan.prototype, 'setTag').mockReturnValue(undefined as never);
    expect(
      await messageOf('tags and logs take values of every type and keys of any characters'),
    ).toBe(
      'setTag should return its span, but returns undefined, so that: ' +
        "Cannot read properties of undefined (reading 'setTag').",
    );
    expect(await messageOf('every method that changes a span returns the span')).toBe(
      'the result of setTag should be an object of class MockSpan, but is undefined.',
    );
  });

  test('leaves an error alone where every method returns its span', async () => {
    const create = () => {
      throw new TypeError('no tracer today');
    };
    expect(await messageOf('a new trace has no baggage', create)).toBe('no tracer today');
    vi.spyOn(MockSpan.prototype, 'getBaggageItem').mockImplementation(() => {
      throw new TypeError('no item');
    });
    expect(await messageOf('a new trace has no baggage')).toBe('no item');
  });

  test('shows the wrong carrier', async () => {
    const name = 'a carrier that does not go with the format is an InvalidCarrierError';
    expect(await messageOf(name, () => new Lenient())).toBe(
      'inject of binary with undefined as its carrier should throw InvalidCarrierError, ' +
        'but throws nothing.',
    );
  });

  test('says how long the headers may be', async () => {
    vi.spyOn(MockTracer.prototype, 'inject').mockImplementation((_context, _format, carrier) => {
      (carrier as Record<string, string>).long = 'x'.repeat(60_000);
    });
    expect(await messageOf('baggage without end breaks nothing')).toMatch(
      /^The headers should have less than 50000 characters, but have 600\d\d\.$/,
    );
  });

  test('says which baggage was read', async () => {
    vi.spyOn(MockSpan.prototype, 'setBaggageItem').mockReturnThis();
    vi.spyOn(MockSpan.prototype, 'getBaggageItem').mockReturnValue('Amy');
    expect(
      await messageOf('a baggage item that was set can be read from the span and from its context'),
    ).toBe("the item in baggage of context() should be 'Amy', but is undefined.");
  });

  test('tells an item that comes back under another key', async () => {
    class Renaming extends MockTracer {
      override extract(format: string, carrier: unknown) {
        const context = super.extract(format, carrier);
        const entries = Object.entries(context?.baggage ?? {});
        const baggage = Object.fromEntries(
          entries.map(([key, value]) => [encodeURIComponent(key), value]),
        );
        return Object.create(context, { baggage: { value: baggage } });
      }
    }
    expect(await messageOf(HOSTILE_BAGGAGE, () => new Renaming())).toMatch(
      /^The item 'key%20.*' was set under another name\.$/,
    );
  });

  test('tells half a surrogate pair from what stands for it', async () => {
    class Unescaped extends MockTracer {
      override extract(format: string, carrier: unknown) {
        const context = super.extract(format, carrier);
        return Object.create(context, {
          baggage: { value: { ...context?.baggage, lone: 'a\ud800b' } },
        });
      }
    }
    expect(await messageOf(HOSTILE_BAGGAGE, () => new Unescaped())).toBe(
      "the item 'lone' should be 'a\ufffdb', but is 'a\\ud800b'.",
    );
  });
});
