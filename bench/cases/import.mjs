// Importing the API, once in a fresh process: what it adds to the start of a program. The loader has been
// in use before, as in any program, and has resolved the `exports` of a package: the first to have some
// would pay a millisecond for all that follow.
import { createRequire } from 'node:module';

export const title = 'Importing the API';

export const about =
  'Once in a fresh process whose loader has met another package before; fifteen processes each. By `require` unless it says `import`.';

export const isOnce = true;

export const unit = 'ms';

export const bars = [
  { fasterThan: 'opentracing', by: 2 },
  { of: 'opentracing-ts, import', fasterThan: 'opentracing, import', by: 2 },
];

const require = createRequire(import.meta.url);

const required = (name) => () => {
  require('opentracing-ts-bench/warm-up');
  return () => require(name);
};

const imported = (name) => async () => {
  await import('opentracing-ts-bench/warm-up');
  return () => import(name);
};

export const variants = {
  /** A file without content. */
  floor: required('../files/empty.cjs'),
  'opentracing-ts': required('opentracing-ts'),
  opentracing: required('opentracing'),
  '@opentelemetry/api': required('@opentelemetry/api'),
  'opentracing-ts, import': imported('opentracing-ts'),
  'opentracing, import': imported('opentracing'),
};
