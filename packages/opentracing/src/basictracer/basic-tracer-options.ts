import type { PropagationFormat } from '../propagation/standard-propagators.js';
import type { ScopeManager } from '../scope-manager.js';
import type { IdGenerator } from './id-generator.js';
import type { UnfinishedSpan } from './open-spans.js';
import type { SpanRecorder } from './recorder.js';
import type { Sampler } from './samplers.js';
import type { SpanLimits } from './span-limits.js';

/** How a `BasicTracer` works; every option has a default. */
export interface BasicTracerOptions {
  /** Gets the finished spans of sampled traces; by default they go nowhere. */
  recorder?: SpanRecorder | undefined;
  /** Decides which traces are recorded; by default all. */
  sampler?: Sampler | undefined;
  /** Keeps the active span; by default a `ThreadLocalScopeManager`. */
  scopeManager?: ScopeManager | undefined;
  /** Whether new trace ids have 128 bits rather than 64; by default `false`. */
  traceId128?: boolean | undefined;
  /**
   * The text formats, by their standard names: all are injected, extraction tries them in order. By
   * default `['ottrace']`.
   */
  propagation?: readonly PropagationFormat[] | undefined;
  /**
   * Whether a server's span takes the id of the client's span, as Zipkin allows, rather than being a
   * child of it; by default `false`.
   */
  joinSpans?: boolean | undefined;
  /**
   * The clock of all spans, such as that of a test: milliseconds since the Unix epoch, fractions allowed.
   * By default the time of day where a trace begins in this process, and a monotonic clock from there on.
   */
  now?: (() => number) | undefined;
  /**
   * Counts the ids from here, 1 or more, for the same ids at every run: one for each trace, one for each
   * span. By default they are random.
   */
  firstId?: number | undefined;
  /**
   * Makes the ids, in the place of `firstId` and `traceId128`; where it fails, or makes one that is none,
   * a random id is taken and `onError` is told. By default they are random.
   */
  idGenerator?: IdGenerator | undefined;
  /**
   * How much a span may hold. By default 1,000 tags, 1,000 logs, values of any length, and 64 baggage
   * items of 8,192 bytes together.
   */
  limits?: SpanLimits | undefined;
  /**
   * Told of spans that were started in recorded traces and never finished, which lie in no recorder: some
   * time after the program has let go of one, when the runtime says so, and at `close`.
   * For finding such spans: it costs more than recording a span does. By default nobody looks.
   */
  onUnfinished?: ((span: UnfinishedSpan) => void) | undefined;
  /**
   * Told of what fails inside tracing, once for each kind of error; it never reaches the program. Told,
   * too, of the first thing that `limits` leave out, and of options whose names look mistyped; a sampler,
   * which has no such hook, always writes that to the standard error stream. By default
   * it is written to the standard error stream.
   */
  onError?: ((error: Error) => void) | undefined;
}

/** @internal */
export const BASIC_TRACER_OPTIONS: Readonly<Record<keyof BasicTracerOptions, true>> = {
  recorder: true,
  sampler: true,
  scopeManager: true,
  traceId128: true,
  propagation: true,
  joinSpans: true,
  now: true,
  firstId: true,
  idGenerator: true,
  limits: true,
  onUnfinished: true,
  onError: true,
};
