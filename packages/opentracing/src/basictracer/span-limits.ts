import { describeValue } from '../describe-value.js';

/**
 * How much a span may hold; what is more is left out and counted. `Infinity` is no limit.
 *
 * @example
 * ```ts
 * const recorder = new InMemoryRecorder();
 * const tracer = new BasicTracer({ recorder, limits: { maxLogs: 3, maxValueLength: 10 } });
 * const span = tracer.startSpan('import').setTag('file', 'customers-2026.csv');
 * for (let row = 1; row <= 100; row++) span.log({ row });
 * span.finish();
 * console.log(span.logs.map(({ fields }) => fields.row), span.droppedLogs);
 * console.log(span.tags, span.cutValues, tracer.cuts.droppedLogs);
 * ```
 * ```text
 * [ 1, 2, 100 ] 97
 * { file: 'customers-' } 1 97
 * ```
 */
export interface SpanLimits {
  /**
   * Tags of a span, 1 or more; by default 1,000. Those that are set first are kept, and `error` in the place of the
   * last one.
   */
  maxTags?: number | undefined;
  /** Logs of a span, 1 or more; by default 1,000. The first ones are kept, and the last one. */
  maxLogs?: number | undefined;
  /**
   * Characters (UTF-16 code units) of the value of a tag and of a field of a log; by default any number.
   * Longer text is cut, not within a character of two units; an object whose JSON is longer becomes that
   * JSON, cut.
   */
  maxValueLength?: number | undefined;
  /** Baggage items of a span; by default, and at most, 64. */
  maxBaggageItems?: number | undefined;
  /** Bytes (UTF-8) of their keys and values together; by default, and at most, 8,192. */
  maxBaggageBytes?: number | undefined;
}

/** @internal */
export const SPAN_LIMITS: Readonly<Record<keyof SpanLimits, true>> = {
  maxTags: true,
  maxLogs: true,
  maxValueLength: true,
  maxBaggageItems: true,
  maxBaggageBytes: true,
};

/** What {@link SpanLimits} have cut. */
export interface SpanCuts {
  /** Tags that were left out. */
  readonly droppedTags: number;
  /** Logs that were left out. */
  readonly droppedLogs: number;
  /** Values of tags and of fields of logs that were shortened. */
  readonly cutValues: number;
  /** Baggage items that were left out. */
  readonly droppedBaggageItems: number;
}

const NO_LIMIT = Number.POSITIVE_INFINITY;
// Those of what is read from carriers.
const MAX_BAGGAGE_ITEMS = 64;
const MAX_BAGGAGE_BYTES = 8192;

/** @internal Counts that are still counting. */
export type Cuts = { -readonly [Name in keyof SpanCuts]: number };

/** @internal */
export function noCuts(): Cuts {
  return { droppedTags: 0, droppedLogs: 0, cutValues: 0, droppedBaggageItems: 0 };
}

/** @internal */
export type Limits = { readonly [Name in keyof SpanLimits]-?: number };

/**
 * @internal The limits that a tracer has.
 *
 * The defaults are there for a span that lives for hours and logs in a loop: memory stays bounded. What a
 * program means to say of one operation should lie below.
 */
export function checkedLimits(given: SpanLimits | null | undefined): Limits {
  if (given !== undefined && typeof given !== 'object') {
    throw new TypeError(
      `The limits are ${describeValue(given)}; give an object such as { maxLogs: 100 }.`,
    );
  }
  const limit = (name: keyof SpanLimits, byDefault: number, least: number, most: number) => {
    const value = given?.[name] ?? byDefault;
    if (!((Number.isInteger(value) || value === most) && value >= least && value <= most)) {
      const upTo = most === NO_LIMIT ? 'upwards' : `to ${most}`;
      throw new RangeError(
        `limits.${name} is ${describeValue(value)}; it has to be a whole number from ${least} ${upTo}.`,
      );
    }
    return value;
  };
  return {
    maxTags: limit('maxTags', 1_000, 1, NO_LIMIT),
    maxLogs: limit('maxLogs', 1_000, 1, NO_LIMIT),
    maxValueLength: limit('maxValueLength', NO_LIMIT, 1, NO_LIMIT),
    maxBaggageItems: limit('maxBaggageItems', MAX_BAGGAGE_ITEMS, 0, MAX_BAGGAGE_ITEMS),
    maxBaggageBytes: limit('maxBaggageBytes', MAX_BAGGAGE_BYTES, 0, MAX_BAGGAGE_BYTES),
  };
}

/** @internal Whether there is less room than in what `extract` returns. */
export function limitsBaggage({ maxBaggageItems, maxBaggageBytes }: Limits): boolean {
  return maxBaggageItems < MAX_BAGGAGE_ITEMS || maxBaggageBytes < MAX_BAGGAGE_BYTES;
}

/** @internal Said when the first is left out of the spans of a tracer; values are cut without a word. */
export function limitError(cut: keyof SpanCuts, operationName: unknown): Error | null {
  switch (cut) {
    case 'droppedTags':
      return new LimitError('Tag', operationName, 'maxTags');
    case 'droppedLogs':
      return new LimitError('Log', operationName, 'maxLogs');
    case 'droppedBaggageItems':
      return new LimitError('Baggage', operationName, 'maxBaggageItems and limits.maxBaggageBytes');
    default:
      return null;
  }
}

class LimitError extends Error {
  constructor(of: 'Tag' | 'Log' | 'Baggage', operationName: unknown, limits: string) {
    const what = of === 'Baggage' ? 'baggage item' : of.toLowerCase();
    super(
      `The span ${describeValue(operationName)} has no room for one more ${what}; ` +
        `what is left out is counted in the span and in the tracer's cuts: see limits.${limits}.`,
    );
    this.name = `${of}LimitError`;
  }
}
