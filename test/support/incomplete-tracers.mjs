// A tracer that cannot be made, for `npm run conformance -- --implementations`.
import { Tracer } from 'opentracing-ts';

export const tracers = [{ name: 'no-op', create: () => new Tracer() }, { name: 'Nothing' }];
