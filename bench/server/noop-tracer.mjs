// Preloaded before opentracing-ts/register, which leaves the tracer that is registered in its place.
import { setGlobalTracer, Tracer } from 'opentracing-ts';

setGlobalTracer(new Tracer());
