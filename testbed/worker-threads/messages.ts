/** What the worker is asked for. */
export interface Job {
  id: number;
  words: string[];
  /** The context of the span that asks, in the text map format. */
  carrier: Record<string, string>;
}

/** What the worker answers. */
export interface Answer {
  /** Of the job. */
  id: number;
  words: string[];
  span: WorkerSpan;
}

/** What a test wants to know of a span of the other thread. */
export interface WorkerSpan {
  operationName: string;
  traceId: string;
  parentId: string | null;
  /** A baggage item. */
  customer: string | undefined;
}
