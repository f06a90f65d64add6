import type { AnyFunction } from './traced-options.js';
import { type Bind, replaceMethod } from './wrap-emitter.js';

/** What a transform is made of. Its `_read`, `_write` and `_final` are the stream's own, and call these. */
const OF_TRANSFORM = ['_transform', '_flush', '_destroy'];
/** What any other stream is made of. */
const OF_STREAM = ['_construct', '_read', '_write', '_writev', '_final', '_destroy'];

/** @internal Whether an emitter is a stream as Node has them. */
export function isStream(emitter: object): boolean {
  const { _read, _write } = emitter as Record<string, unknown>;
  return typeof _read === 'function' || typeof _write === 'function';
}

/**
 * Makes the work of a stream run under the scope that is active now, and the callbacks of its `write` and
 * `end` under the scope in which they are given.
 *
 * @param bind - binds to the scope that is active when it is called
 * @internal
 */
export function wrapStream(stream: object, bind: Bind): void {
  for (const name of '_transform' in stream ? OF_TRANSFORM : OF_STREAM) {
    replaceMethod(stream, name, (method: AnyFunction) => bind(method));
  }
  for (const name of ['write', 'end']) {
    replaceMethod(
      stream,
      name,
      (method: AnyFunction) =>
        function (this: unknown, ...args: unknown[]) {
          const last = args.at(-1);
          const given =
            typeof last === 'function' ? [...args.slice(0, -1), bind(last as AnyFunction)] : args;
          return Reflect.apply(method, this, given);
        },
    );
  }
}
