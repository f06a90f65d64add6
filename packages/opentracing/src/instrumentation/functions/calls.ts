import { globalTracer, isGlobalTracerRegistered } from '../../global-tracer.js';
import type { Span } from '../../span.js';
import type { Tracer } from '../../tracer.js';
import { createGuard, type Guard } from '../guard.js';
import type { CallTags, TracedOptions } from './traced-options.js';

/**
 * The spans of the calls of one function.
 *
 * @internal
 */
export class Calls {
  name: string;
  endsWithCallback: boolean;
  guard: Guard;
  /** The tags of a call; none where the program's function for them fails. */
  tags: (thisArgument: unknown, args: unknown[]) => CallTags;
  /** Starts the span of a call; `undefined` where the tracer fails. */
  start: (tags: CallTags, parent?: Span | null) => Span | undefined;
  /** Ends a span, with the error that ended it if there was one. */
  end: (span: Span, failure?: { readonly error: unknown }) => void;
  _tracer: Tracer | undefined;

  constructor(name: string, { tracer, tags, endsWithCallback, onError }: TracedOptions) {
    this.name = name;
    this.endsWithCallback = endsWithCallback === true;
    this._tracer = tracer;
    this.guard = createGuard(onError);
    this.tags =
      typeof tags === 'function'
        ? this.guard((thisArgument, args) => Reflect.apply(tags, thisArgument, args))
        : () => tags;
    this.start = this.guard((given, parent) =>
      this.tracer().startSpan(this.name, {
        ...(given && { tags: given }),
        // Otherwise what is active is the parent, which a tracer finds by itself.
        ...(parent && { childOf: parent }),
      }),
    );
    this.end = this.guard((span, failure) => {
      if (failure !== undefined) {
        span.logError(failure.error);
      }
      span.finish();
    });
  }

  /** Whether a call is none of our business. */
  isOff(): boolean {
    return this._tracer === undefined && !isGlobalTracerRegistered();
  }

  tracer(): Tracer {
    return this._tracer ?? globalTracer();
  }
}
