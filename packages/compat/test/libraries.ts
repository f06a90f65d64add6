import { createRequire } from 'node:module';

/** What both packages have, by the types of the original. */
export type Library = typeof import('opentracing');

const require = createRequire(import.meta.url);

/** Loads a module of one of the two packages, by the path under its name. */
export const load = (name: 'opentracing' | 'opentracing-ts-compat', path = '') =>
  require(name + path) as Record<string, unknown>;

export const original = load('opentracing') as unknown as Library;
export const compat = load('opentracing-ts-compat') as unknown as Library;

/** What a function does: returns a value, or throws an error. */
export function outcome(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return `throws ${error}`;
  }
}
