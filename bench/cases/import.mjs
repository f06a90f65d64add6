// Importing the API, once in a fresh process whose loader has been in use before, as in any program:
// what it adds to the start. By `require` unless it says otherwise.
import { createRequire } from 'node:module';

export const isOnce = true;

const require = createRequire(import.meta.url);

const required = (name) => () => {
  require('../files/warm-up.cjs');
  return () => require(name);
};

const imported = (name) => async () => {
  await import('../files/warm-up.cjs');
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
