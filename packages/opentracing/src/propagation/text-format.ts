import type { BasicSpanContext } from './basic-span-context.js';

/**
 * One of the standard formats over text carriers.
 *
 * @internal
 */
export interface TextFormat {
  /** @param isHttp - whether the carrier is for HTTP headers, where values have to be escaped */
  inject(context: BasicSpanContext, carrier: object, isHttp: boolean): void;
  /**
   * @returns a context; one without ids where the carrier has baggage or a decision alone; `null`
   *   where it has nothing of this format
   * @throws SpanContextCorruptedError where the format asks for that
   */
  extract(carrier: object, isHttp: boolean): BasicSpanContext | null;
}
