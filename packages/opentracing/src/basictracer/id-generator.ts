import { checkOption } from '../check-method.js';
import { describeValue } from '../describe-value.js';
import type { LocalTrace } from '../propagation/basic-span-context.js';
import { readHex32 } from '../propagation/hex.js';
import type { BasicSpan } from './basic-span.js';
import type { ReportOnce } from './report-error.js';

/**
 * Makes the ids of traces and spans. The generators that there are for OpenTelemetry's SDK have this
 * shape.
 */
export interface IdGenerator {
  /** 16 or 32 lower-case hex digits, not all of them 0; samplers take the last 8 for random. */
  generateTraceId(): string;
  /** 16 lower-case hex digits, not all of them 0. */
  generateSpanId(): string;
}

/** Counts: one for each trace and one for each span, as `MockTracer` does. */
class CountingIds implements IdGenerator {
  /** @internal */
  _next: number;
  /** @internal */
  _traceId128: boolean;

  /** @throws RangeError when `firstId` is no whole number of 1 or more */
  constructor(firstId: number, traceId128: boolean) {
    if (!(Number.isSafeInteger(firstId) && firstId >= 1)) {
      throw new RangeError(
        `The firstId is ${describeValue(firstId)}; give a whole number of 1 or more.`,
      );
    }
    this._next = firstId;
    this._traceId128 = traceId128;
  }

  generateTraceId(): string {
    const id = this.generateSpanId();
    return this._traceId128 ? id + id : id;
  }

  generateSpanId(): string {
    return (this._next++).toString(16).padStart(16, '0');
  }
}

/** @internal What the options of a tracer ask for; `null` for random ids. */
export function generatedIds(
  options: {
    firstId?: number | undefined;
    idGenerator?: IdGenerator | undefined;
    traceId128?: boolean | undefined;
  },
  onError: ReportOnce,
): GeneratedIds | null {
  const { firstId, idGenerator, traceId128 } = options;
  checkOption('idGenerator', idGenerator, 'generateTraceId');
  checkOption('idGenerator', idGenerator, 'generateSpanId');
  const generator =
    idGenerator ?? (firstId === undefined ? null : new CountingIds(firstId, traceId128 === true));
  return generator && new GeneratedIds(generator, onError);
}

/**
 * @internal Puts the ids of a generator into the places of the random ones, which stay where the
 * generator fails.
 */
export class GeneratedIds {
  /** @internal */
  _generator: IdGenerator;
  /** @internal */
  _onError: ReportOnce;

  constructor(generator: IdGenerator, onError: ReportOnce) {
    this._generator = generator;
    this._onError = onError;
  }

  nameTrace(trace: LocalTrace): void {
    try {
      const id = this._generator.generateTraceId();
      const [id0, id1, id2, id3] = words(id, typeof id === 'string' && id.length === 16 ? 16 : 32);
      Object.assign(trace, { id0, id1, id2, id3 });
    } catch (error) {
      this._onError(error, 'ids');
    }
  }

  nameSpan(span: BasicSpan): void {
    try {
      const [, , _span0, _span1] = words(this._generator.generateSpanId(), 16);
      Object.assign(span, { _span0, _span1 });
    } catch (error) {
      this._onError(error, 'ids');
    }
  }
}

/** The four words of an id of so many digits, the highest first. */
function words(id: string, length: number): readonly [number, number, number, number] {
  if (typeof id === 'string' && id.length === length) {
    const text = id.padStart(32, '0');
    const read = [0, 8, 16, 24].map((start) => readHex32(text, start));
    const [w0 = 0, w1 = 0, w2 = 0, w3 = 0] = read;
    if (!read.some(Number.isNaN) && (w0 | w1 | w2 | w3) !== 0) {
      return [w0, w1, w2, w3];
    }
  }
  throw new InvalidIdError(id, length);
}

class InvalidIdError extends Error {
  constructor(id: unknown, length: number) {
    super(
      `The idGenerator made ${describeValue(id)}, so a random id is taken; ` +
        `it has to make ${length === 16 ? '16' : '16 or 32'} lower-case hex digits, not all 0.`,
    );
    this.name = 'InvalidIdError';
  }
}
